"""Live sessions on the socket: turns, interruptions, what each costs, and how they end."""

import json

from socket_kit import kinds, messages_of, register, start

from wiromock import (
    Talks,
    Turn,
)

CHUNK = b"\0" * 9_600


class TestRealtime:
    def ready(self, talking, slug, scenario=None, **parameters):
        run = start(talking, slug, scenario, **parameters)
        connection = register(talking, run["socketaccesstoken"])
        talking.clock.advance(10)
        connection.take()
        return run, connection

    def say(self, connection, run, kind):
        connection.receive(json.dumps({"type": kind, "tasktoken": run["socketaccesstoken"]}))

    def speak(self, connection, run, chunks=5, sound=CHUNK):
        for _ in range(chunks):
            connection.receive(run["socketaccesstoken"].encode() + b"|" + sound)

    def test_a_voice_session_takes_a_turn_after_enough_sound(self, talking):
        scenario = Talks(turns=(Turn(user="Hi", ai="Hello", seconds=0.6),))
        run, connection = self.ready(talking, "acme/realtime", scenario, voice="marin")
        self.speak(connection, run, chunks=4)
        talking.clock.advance(5)
        assert connection.take() == ()
        self.speak(connection, run, chunks=1, sound=b"|" * 9_600)
        talking.clock.advance(5)
        frames = connection.take()
        assert [frame.type for frame in frames] == [
            "task_output",
            "task_output",
            *["audio"] * 3,
            "task_stream_end",
            "task_cost",
        ]
        texts = [json.loads(frame.data)["message"] for frame in frames[:2]]
        assert texts == ["TRANSCRIPT_USER:Hi", "TRANSCRIPT_AI:Hello"]
        token, _, sound = frames[2].data.partition(b"|")
        assert (token.decode(), len(sound)) == (run["socketaccesstoken"], 9_600)
        cost = json.loads(frames[-1].data)
        assert (cost["turnCost"], cost["cumulativeCost"]) == (0.0042, 0.0042)
        assert set(json.loads(frames[-2].data)) == {"type"}

    def test_the_session_ends_when_the_caller_says_so_and_is_billed_by_the_turn(self, talking):
        run, connection = self.ready(talking, "acme/realtime", voice="marin")
        for _ in range(2):
            self.speak(connection, run)
            talking.clock.advance(5)
        self.say(connection, run, "task_session_end")
        talking.clock.advance(5)
        assert connection.take()[-1].type == "task_postprocess_end"
        end = talking.task(run["taskid"])
        assert (end["pexit"], end["totalcost"]) == ("0", "0.008400000000")
        assert talking.engine.ledger.billed == 1

    def test_an_interruption_ends_the_speech_but_not_the_session(self, talking):
        scenario = Talks(turns=(Turn(seconds=60),))
        run, connection = self.ready(talking, "acme/realtime", scenario, voice="marin")
        self.speak(connection, run)
        talking.clock.advance(2)
        before = len(connection.take())
        self.say(connection, run, "task_session_interrupt")
        talking.clock.advance(100)
        rest = [frame.type for frame in connection.take()]
        assert before > 5
        assert rest == ["task_stream_end", "task_cost"]
        assert talking.status(run["taskid"]) == "task_output"

    def test_hanging_up_ends_the_session(self, talking):
        run, connection = self.ready(talking, "acme/realtime", voice="marin")
        connection.leave()
        talking.clock.advance(5)
        assert talking.status(run["taskid"]) == "task_postprocess_end"

    def test_an_exhausted_session_ends_with_its_last_cost(self, talking):
        scenario = Talks(ends_after=1)
        run, connection = self.ready(talking, "acme/realtime", scenario, voice="marin")
        self.speak(connection, run)
        talking.clock.advance(10)
        seen = [frame.type for frame in connection.take()]
        assert seen[-4:] == [
            "task_cost",
            "task_end",
            "task_postprocess_start",
            "task_postprocess_end",
        ]

    def test_a_reader_only_speaks(self, talking):
        seen = kinds(messages_of(talking, "acme/reader", text="read this"))
        at = seen.index("task_stream_ready")
        assert list(dict.fromkeys(seen[at:])) == [
            "task_stream_ready",
            "audio",
            "task_stream_end",
            "task_cost",
            "task_end",
            "task_postprocess_start",
            "task_postprocess_end",
        ]

    def test_a_writer_only_listens(self, talking):
        scenario = Talks(turns=(Turn(user="one two three"),))
        run, connection = self.ready(talking, "acme/writer", scenario)
        self.speak(connection, run)
        talking.clock.advance(5)
        frames = connection.take()
        texts = [json.loads(frame.data)["message"] for frame in frames[:2]]
        assert texts == ["TRANSCRIPT_USER:one two", "TRANSCRIPT_USER:one two three"]
        assert "audio" not in [frame.type for frame in frames]
