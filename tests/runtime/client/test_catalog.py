"""Searching and exploring the live catalog."""

import asyncio

import pytest

from runtime.catalog.live_model import LIVE, TOOL, catalog
from runtime.platform_double import Platform
from wiro_runtime import errors


class TestSearch:
    def test_pages_follow_and_the_query_is_sent_as_documented(self):
        def search(body):
            start = int(body["start"])
            rest = range(start, min(start + 50, 60))
            tools = [TOOL | {"parameters": None, "cleanslugproject": f"m{n}"} for n in rest]
            return {"result": True, "total": 60, "tool": tools}

        platform = Platform(Tool_List=search)
        models = list(platform.client().catalog.search("video", owner="pruna", tags=["hd"]))
        assert len(models) == 60
        assert platform.asked[1] == (
            "Tool/List",
            {
                "start": "50",
                "limit": "50",
                "sort": "relevance",
                "order": "DESC",
                "summary": True,
                "search": "video",
                "slugowner": "pruna",
                "tags": ["hd"],
            },
        )

    def test_explore_gives_groups(self):
        groups = [{"id": 1, "name": "New", "tools": [TOOL]}, {"title": "Video", "tools": []}]
        platform = Platform(Tool_Explore={"result": True, "explore": groups})
        selection = platform.client().catalog.explore()
        assert [(group.title, len(group.models)) for group in selection] == [
            ("New", 1),
            ("Video", 0),
        ]

    def test_a_model_that_is_not_there_has_an_error_of_its_own(self):
        platform = Platform(Tool_Detail={"result": True, "tool": []})
        with pytest.raises(errors.ModelNotFound, match=r"client\.catalog\.search"):
            platform.client().catalog.get("pruna/nope")

    def test_the_same_awaited(self):
        platform = catalog(
            Tool_List={"result": True, "tool": [TOOL], "total": "1"},
            Tool_Explore={"result": True, "explore": []},
        )

        async def main():
            async with platform.async_client() as client:
                slugs = [model.slug async for model in client.catalog.search()]
                return slugs, await client.catalog.explore(), await client.catalog.get("pruna/vace")

        assert asyncio.run(main()) == (["pruna/vace"], (), LIVE)
