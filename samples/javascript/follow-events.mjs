// Follows a tenant's events and goes on where it stopped: after a lost connection, a restart of this program, or one of Parley.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const { PARLEY_URL: url = 'http://127.0.0.1:5080', PARLEY_KEY: key, PLACE: place = 'place.txt', MOST: most = 'Infinity' } = process.env;

// Without a place of its own it begins with the oldest event that is kept.
let last = existsSync(place) ? readFileSync(place, 'utf8').trim() : '0';
let seen = 0;

function keep(id) {
  writeFileSync(`${place}.new`, id);
  renameSync(`${place}.new`, place);
  last = id;
}

async function handle(event) {
  console.log(`${event.position} ${event.type} ${event.subject}`);
}

async function follow() {
  const response = await fetch(`${url}/events`, {
    headers: { Authorization: `Bearer ${key}`, Accept: 'text/event-stream', 'Last-Event-ID': last },
  });
  if (!response.ok) {
    throw new Error(`Parley answered ${response.status}: ${await response.text()}`);
  }

  let rest = '';
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const frames = (rest + text).split('\n\n');
    rest = frames.pop();
    for (const frame of frames) {
      await take(frame);
      if (seen >= Number(most)) {
        return;
      }
    }
  }
}

async function take(frame) {
  const fields = { data: [] };
  for (const line of frame.split('\n')) {
    const colon = line.indexOf(':');
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
    if (name === 'data') {
      fields.data.push(value);
    } else if (name !== '') {
      fields[name] = value;
    }
  }

  if (fields.event === 'reset') {
    // This program was away for longer than events are kept: read over REST what you need to know, then go on.
    console.error(`Some events are no longer kept: ${fields.data.join('')}`);
  } else if (fields.data.join('') !== '') {
    await handle(JSON.parse(fields.data.join('\n')));
    seen++;
  }

  // After the work: a program that dies before this line sees the event again.
  if (fields.id) {
    keep(fields.id);
  }
}

let pause = 1000;
while (seen < Number(most)) {
  const before = last;
  try {
    await follow();
  } catch (error) {
    console.error(error.message);
  }

  pause = last === before ? Math.min(pause * 2, 30_000) : 1000;
  if (seen < Number(most)) {
    await new Promise((resume) => setTimeout(resume, pause));
  }
}

process.exit(0);
