"""Each tenant has a world of its own, and no two engines share anything."""

from platform_kit import PROMPT, SPECS, Platform

from wiromock import Engine, Fails, ManualClock


class TestTenants:
    def test_the_header_gives_a_world_of_its_own(self, platform):
        run = platform.run()
        reply = platform.post("/Task/Detail", {"taskid": run}, x_mock_tenant="other")
        assert reply.json["result"] is False
        other = platform.post("/Run/pruna/vace", PROMPT, x_mock_tenant="other").json
        assert other["taskid"] == run
        assert other["socketaccesstoken"] != platform.task(run)["socketaccesstoken"]
        assert platform.engine.tenants == ["", "other"]
        assert platform.engine.tenant("other").ledger.running == 1

    def test_the_key_may_name_the_tenant(self):
        platform = Platform(tenant_by="key")
        platform.run()
        assert platform.engine.tenant("key").ledger.running == 1
        assert platform.engine.ledger.running == 0

    def test_downloads_and_sockets_name_nobody_and_work_all_the_same(self, platform):
        other = platform.post("/Run/pruna/vace", PROMPT, x_mock_tenant="other").json
        platform.clock.advance(60)
        detail = platform.post("/Task/Detail", {"taskid": other["taskid"]}, x_mock_tenant="other")
        assert platform.get(detail.json["tasklist"][0]["outputs"][0]["url"]).status == 200
        assert platform.engine.frames(other["socketaccesstoken"])

    def test_a_rule_and_a_reset_for_one_tenant(self, platform):
        platform.engine.on("pruna/vace", tenant="a").then(Fails())
        for tenant in ("a", "b"):
            platform.post("/Run/pruna/vace", PROMPT, x_mock_tenant=tenant)
        platform.clock.advance(60)
        billed = [platform.engine.tenant(tenant).ledger.billed for tenant in ("a", "b")]
        assert billed == [0, 1]
        platform.engine.reset("a")
        assert (platform.engine.tenant("a").tasks, platform.engine.show_script()) == ({}, [])
        assert platform.engine.tenant("b").ledger.billed == 1


def test_engines_do_not_share_anything():
    one, other = (Engine(SPECS, clock=ManualClock()) for _ in range(2))
    one.on("pruna/vace").then(Fails())
    assert other.show_script() == []
