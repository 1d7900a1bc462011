// A client in another language, without any SDK: Node's fetch, and a WebSocket by hand where Node has none.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { connect } from "node:net";

const base = process.env.WIRO_BASE_URL;
const socketUrl = new URL(process.env.WIRO_SOCKET_URL);

async function call(path, body) {
  const reply = await fetch(base + path, {
    method: "POST",
    headers: { "x-api-key": "any", "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: reply.status, explanation: reply.headers.get("x-mock-explanation"), ...(await reply.json()) };
}

// Node 22 has a WebSocket; older ones get the forty lines of RFC 6455 that a test needs.
function openSocket(token, onMessage) {
  return new Promise((resolve, reject) => {
    const register = JSON.stringify({ type: "task_info", tasktoken: token });
    if (typeof WebSocket !== "undefined") {
      const socket = new WebSocket(socketUrl);
      socket.onopen = () => socket.send(register);
      socket.onmessage = (event) => onMessage(JSON.parse(event.data));
      socket.onclose = (event) => resolve(event.code);
      socket.onerror = reject;
      return;
    }
    const key = randomBytes(16).toString("base64");
    const raw = connect(Number(socketUrl.port), socketUrl.hostname, () => {
      raw.write(`GET ${socketUrl.pathname} HTTP/1.1\r\nHost: ${socketUrl.host}\r\nUpgrade: websocket\r\n` +
        `Connection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`);
    });
    let bytes = Buffer.alloc(0), isOpen = false;
    const send = (opcode, payload) => {
      const mask = randomBytes(4);
      const masked = payload.map((byte, at) => byte ^ mask[at % 4]);
      raw.write(Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length]), mask, masked]));
    };
    raw.on("error", reject);
    raw.on("data", (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (!isOpen) {
        const end = bytes.indexOf("\r\n\r\n");
        if (end < 0) return;
        const accept = createHash("sha1").update(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest("base64");
        assert.match(bytes.subarray(0, end).toString(), new RegExp(accept.replace(/[+/]/g, "\\$&")));
        bytes = bytes.subarray(end + 4);
        isOpen = true;
        send(1, Buffer.from(register));
      }
      for (;;) {
        if (bytes.length < 2) return;
        let size = bytes[1] & 0x7f, start = 2;
        if (size === 126) { if (bytes.length < 4) return; size = bytes.readUInt16BE(2); start = 4; }
        if (bytes.length < start + size) return;
        const opcode = bytes[0] & 0x0f, payload = bytes.subarray(start, start + size);
        bytes = bytes.subarray(start + size);
        if (opcode === 8) { send(8, payload); raw.end(); resolve(payload.readUInt16BE(0)); return; }
        if (opcode === 9) send(10, payload);
        if (opcode === 1) onMessage(JSON.parse(payload.toString()));
      }
    });
  });
}

// A refusal teaches.
const typo = await call("/Run/pruna/vace", { promt: "a deer" });
assert.equal(typo.result, false);
assert.match(typo.explanation, /did you mean `prompt`/);

// An upload, used in a run.
const form = new FormData();
form.append("file", new Blob([new Uint8Array([0x89, 0x50])]), "first.png");
const uploaded = await (await fetch(`${base}/File/Upload`, { method: "POST", headers: { "x-api-key": "any" }, body: form })).json();
const image = uploaded.list[0].url;

// Run, follow on the socket, look, download.
const started = await call("/Run/pruna/vace", { prompt: "a deer in snow", inputImage: [image] });
assert.equal(started.result, true);
const messages = [];
const code = await openSocket(started.socketaccesstoken, (message) => messages.push(message.type));
assert.equal(code, 1000);
assert.equal(messages[0], "task_queue");
assert.equal(messages.at(-1), "task_postprocess_end");
const [task] = (await call("/Task/Detail", { tasktoken: started.socketaccesstoken })).tasklist;
assert.equal(task.pexit, "0");
const file = await fetch(task.outputs[0].url);
assert.equal(file.headers.get("content-type"), "video/mp4");
assert.equal((await file.arrayBuffer()).byteLength, Number(task.outputs[0].size));

// A second one is cancelled while it waits.
await fetch(new URL("/_mock/clock", base), { method: "POST", body: JSON.stringify({ speed: 0 }) });
const second = await call("/Run/pruna/vace", { prompt: "a fox" });
const cancelled = await call("/Task/Cancel", { taskid: second.taskid });
assert.equal(cancelled.tasklist[0].status, "task_cancel");

console.log(JSON.stringify({ messages: messages.length, ledger: await (await fetch(new URL("/_mock/ledger", base))).json() }));
