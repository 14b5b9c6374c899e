// Does what it reads from its input with a client from npm, whose name is its argument, and prints what came of it as a line of JSON.
// Both clients descend from the same one; only `riemann` has a socket of each kind in one client.

const order = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const name = process.argv[2];
const { host, port, transport } = order;
const client = require('module').createRequire(process.argv[3] + '/')(name).createClient({ host, port, transport });

const end = (answer) => {
  console.log(JSON.stringify(answer));
  process.exit(0);
};

// Each has names of its own for what protobuf writes with a low line, and numbers of 64 bits that are objects.
const field = (event, name, other) => (event[name] !== undefined && event[name] !== null ? event[name] : event[other]);
const read = (event) => ({
  host: event.host,
  service: event.service,
  state: event.state,
  description: event.description,
  tags: event.tags,
  ttl: event.ttl,
  metric: field(event, 'metricF', 'metric_f'),
  attributes: Object.fromEntries((event.attributes || []).map(({ key, value }) => [key, value])),
});
const written = (event) => ({
  ...event,
  attributes: Object.entries(event.attributes || {}).map(([key, value]) => ({ key, value })),
});

client.on('error', (error) => end({ error: String(error) }));
client.on('data', (answer) => end(answer.ok ? { events: (answer.events || []).map(read) } : { error: answer.error }));

const go = () => {
  const message = order.send ? client.Event(written(order.send)) : client.Query({ string: order.ask });
  client.send(message, client[transport]);
  if (transport === 'udp') {
    // It is sent before the name of its own host has been looked up again.
    client.udp.socket.once('sent', () => end({}));
    if (name === 'riemannjs') setImmediate(() => client.udp.socket.close(() => end({})));
  }
};
if (transport === 'udp') go();
else client.on('connect', go);
