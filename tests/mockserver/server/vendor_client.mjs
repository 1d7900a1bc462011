// A client shaped like those in circulation: submit, poll every three seconds, kill once it is being prepared.
import assert from "node:assert/strict";

const base = process.env.WIRO_BASE_URL;
const control = new URL("/_mock", base).href;
const killable = new Set([
  "task_accept", "task_assign", "task_preprocess_start", "task_preprocess_end", "task_start", "task_output",
]);

async function call(path, body) {
  const reply = await fetch(base + path, {
    method: "POST",
    headers: { "x-api-key": "any", "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(reply.status, 200);
  return reply.json();
}

// Three seconds of the mock's time: it stands still until somebody pushes it.
const pause = () => fetch(`${control}/clock`, { method: "POST", body: JSON.stringify({ advance: 3 }) });

async function follow(kill) {
  const run = await call("/Run/pruna/vace", { prompt: "a deer in snow" });
  assert.equal(run.result, true);
  const seen = [];
  for (let looks = 0; looks < 50; looks++) {
    await pause();
    const [task] = (await call("/Task/Detail", { tasktoken: run.socketaccesstoken })).tasklist;
    seen.push(task.status);
    if (["task_postprocess_end", "task_cancel"].includes(task.status)) return { seen, task };
    if (kill && killable.has(task.status) && task.status.startsWith("task_preprocess")) {
      const killed = await call("/Task/Kill", { tasktoken: run.socketaccesstoken });
      assert.equal(killed.result, true, JSON.stringify(killed));
      assert.equal(killed.tasklist[0].status, "task_cancel");
      kill = false;
    }
  }
  assert.fail(`it never ended: ${seen}`);
}

const done = await follow(false);
assert.equal(done.task.pexit, "0");
assert.equal((await fetch(done.task.outputs[0].url)).status, 200);
const killed = await follow(true);
assert.equal(killed.seen.at(-1), "task_cancel");
const ledger = await (await fetch(`${control}/ledger`)).json();
console.log(JSON.stringify({ done: done.seen, killed: killed.seen, billed: ledger.billed }));
