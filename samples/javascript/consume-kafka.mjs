// Consumes the events of all tenants' conversations from Kafka, in order per conversation, and drops repeats.
import { Kafka, logLevel } from 'kafkajs';

const { KAFKA: broker = '127.0.0.1:9092', GROUP: group = 'parley-sample', TOPIC: topic = 'parley.conversations', MOST: most = 'Infinity' } = process.env;

const consumer = new Kafka({ brokers: broker.split(','), logLevel: logLevel.ERROR }).consumer({ groupId: group });

// The last position of each conversation. A real program keeps it with what it did for the event, so that both survive together.
const positions = new Map();
let seen = 0;

// Whoever watches over this program starts it again.
consumer.on(consumer.events.CRASH, ({ payload }) => {
  console.error(payload.error.message);
  process.exit(1);
});

await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
await consumer.run({
  // The offset is stored after this has returned, so an event may come twice and never not at all.
  eachMessage: async ({ message }) => {
    const header = (name) => message.headers[name]?.toString();
    const key = message.key.toString();
    const position = Number(header('ce_position'));
    if (position <= (positions.get(key) ?? 0)) {
      return;
    }

    positions.set(key, position);
    console.log(`${position} ${header('ce_type')} ${header('ce_subject')}`);
    if (++seen >= Number(most)) {
      // Not awaited in here: it waits for this very function.
      void consumer.disconnect().then(() => process.exit(0));
    }
  },
});
