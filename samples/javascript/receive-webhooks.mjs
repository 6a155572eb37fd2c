// Receives Parley's webhooks and verifies their signatures by the Standard Webhooks scheme.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const { WEBHOOK_SECRET: secret, PORT: port = '8080', MOST: most = 'Infinity' } = process.env;
const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
const tolerance = 5 * 60;

// A real program keeps these where they survive it, together with what it did for the event.
const done = new Set();

// Of the bytes as they came: a body that was parsed and written again has another signature.
function isGenuine(headers, body) {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => headers[name]);
  if (!id || !timestamp || !signatures || Math.abs(Date.now() / 1000 - Number(timestamp)) > tolerance) {
    return false;
  }

  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  // While a secret is being replaced there are several.
  return signatures.split(' ').some((signature) => {
    const [version, text] = signature.split(',');
    const given = Buffer.from(text ?? '', 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

const server = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts);
    if (!isGenuine(request.headers, body)) {
      console.error('A request with a wrong signature was refused.');
      response.writeHead(401).end();
      return;
    }

    const id = request.headers['webhook-id'];
    if (!done.has(id)) {
      const event = JSON.parse(body);
      console.log(`${id} ${event.type}`);
      done.add(id);
    }

    // Only now: what is not answered with 2xx comes again.
    response.writeHead(204).end(() => {
      if (done.size >= Number(most)) {
        process.exit(0);
      }
    });
  });
});

server.listen(Number(port), '127.0.0.1', () => console.error(`Listening on ${server.address().port}`));
