// One conversation with the canvas by the protocol's own client: prints the events of each run as a line of JSON.
import { HttpAgent } from "@ag-ui/client";

const [url, token, ...questions] = process.argv.slice(2);
const agent = new HttpAgent({ url, headers: { Authorization: `Bearer ${token}` }, threadId: "thread" });

async function run(parameters) {
  const events = [];
  const listener = { onEvent: ({ event }) => void events.push(event) };
  const failure = await agent.runAgent(parameters, listener).then(() => null, (error) => error.message);
  const { messages, state, pendingInterrupts } = agent;
  console.log(JSON.stringify({ events, messages, state, pendingInterrupts, failure }));
}

for (const content of questions) {
  agent.addMessage({ id: crypto.randomUUID(), role: "user", content });
  await run({});
  for (const { id, responseSchema } of [...agent.pendingInterrupts]) {
    await run({ resume: [{ interruptId: id, status: "resolved", payload: responseSchema.enum[1] }] });
  }
}
