import { promise } from './promise';

promise(
	'P10: acknowledging a message and publishing its successor is one step',
	`
   0  publish a
   0  receive 1               -> a#1
   1  settle ack a#1, publish x to q2 -> acked, published 1
   1  receive 10 on q2        -> x#1
   1  figures                 -> visible 0, leased 0, delayed 0, owed 0
  60  receive 10              -> nothing
`,
);

promise(
	'P10: successors go to several queues and topics, several to each, in order',
	`
   0  subscribe s to q3 on topic/t
   0  subscribe r to q4 filter '{"kind":["order"]}' on topic/t
   0  publish a
   0  receive 1               -> a#1
   1  settle ack a#1, publish x key k to q2, publish y key k to q2, publish z attr kind=order to topic/t, publish w to topic/t -> acked, published 4
   1  receive 10 on q2        -> x#1, y#1
   1  receive 10 on q3        -> z#1, w#1
   1  receive 10 on q4        -> z#1
   1  look z on q3            -> copy of t, attr kind=order
`,
);

promise(
	'P10: stage by stage: each input gives one output',
	`
   0  subscribe s to q3 on topic/t
   0  publish a key k, b key k
   0  receive 10              -> a#1, b#1
   1  settle ack a#1, publish a2 key k to q2
   1  settle ack b#1, publish b2 key k to q2
   2  receive 10 on q2        -> a2#1, b2#1
   3  settle ack a2#1, ack b2#1, publish a3 key k to topic/t for a2#1, publish b3 key k to topic/t for b2#1 on q2
   4  receive 10 on q3        -> a3#1, b3#1
   4  settle ack a3#1, ack b3#1, publish sum to q on q3
   5  receive 10              -> sum#1
  90  receive 10 on q2        -> nothing
  90  receive 10 on q3        -> nothing
`,
);

promise(
	'P10: a stale receipt publishes nothing; the newest one does',
	`
   0  publish a
   0  receive 1 lease 10      -> a#1
  10  receive 1 lease 10 by w -> a#2
  11  settle ack a#1, publish x to q2, publish y to topic/t -> stale a#2 at 10 by w, published 0
  11  receive 10 on q2        -> nothing
  11  figures                 -> leased 1, owed 0
  12  settle ack a#2, publish z to q2
  12  receive 10 on q2        -> z#1
`,
);

promise(
	'P10: a late acknowledgement hands over, until the message has been handed out again',
	`
   0  publish a
   0  receive 1 lease 10      -> a#1
  15  settle ack a#1, publish x to q2 -> acked, published 1
  15  receive 10              -> nothing
  15  receive 10 on q2        -> x#1
`,
);

promise(
	'P10: one receipt of several that is stale: nothing is published, and the others are kept as they are held',
	`
   0  publish a, b
   0  receive 2 lease 10      -> a#1, b#1
   5  extend b#1 lease 20     -> extended 25
  10  receive 2 lease 30      -> a#2
  11  settle ack b#1, ack a#1, publish x to q2 -> kept, stale a#2, published 0
  11  receive 10 on q2        -> nothing
  24  receive 10              -> nothing
  24  settle ack a#2, ack b#1, publish x to q2 -> acked, acked, published 1
  24  receive 10 on q2        -> x#1
`,
);

promise(
	'P10: one that was acknowledged before counts like a stale one: who repeats half of a settle gets nothing twice',
	`
   0  publish a, b
   0  receive 2               -> a#1, b#1
   1  ack a#1
   2  settle ack a#1, ack b#1, publish x to q2 -> unknown, kept, published 0
   3  settle ack b#1, publish y to q2
   3  receive 10 on q2        -> y#1
`,
);

promise(
	'P10: the same settle again publishes nothing more',
	`
   0  publish a, b
   0  receive 2               -> a#1, b#1
   1  settle ack a#1, ack b#1, publish x to q2, publish y to topic/t -> acked, acked, published 2
   1  settle ack a#1, ack b#1, publish x to q2, publish y to topic/t -> unknown, unknown, published 0
   1  subscribe s to q3 from earliest on topic/t
   1  receive 10 on q2        -> x#1
   1  receive 10 on q3        -> y#1
`,
);

promise(
	'P10: by receipts of their own, each acknowledgement publishes for itself',
	`
   0  publish a, b, c
   0  receive 3 lease 10      -> a#1, b#1, c#1
   5  extend b#1 lease 20, c#1 lease 20
  10  receive 3               -> a#2
  11  settle ack a#1, ack b#1, ack c#1, publish x to q2 for a#1, publish y to q2 for b#1, publish z to q3 for b#1 -> stale a#2, acked, acked, published 2
  11  receive 10 on q2        -> y#1
  11  receive 10 on q3        -> z#1
`,
);

promise(
	'P10: retries and extensions beside it are each for itself, whatever becomes of what is handed over',
	`
   0  publish a, b, c
   0  receive 3 lease 10      -> a#1, b#1, c#1
   1  settle ack a#1, retry b#1 delay 4, extend c#1 lease 30, publish x to q2 -> acked, retried 5, extended 31, published 1
   5  receive 3 lease 30      -> b#2
   6  settle ack a#1, retry b#2 delay 4, extend c#1 lease 30, publish y to q2 -> unknown, retried 10, extended 36, published 0
   6  receive 10 on q2        -> x#1
`,
);

promise(
	'P10: a successor is published with every option; instants count from the settle',
	`
   0  queue dedupWindow 60 on q2
   0  publish a, b
   0  receive 2               -> a#1, b#1
   5  settle ack a#1, publish u delay 10 to q2, publish v ttl 5 to q2, publish w dedup d to q2, publish x at 30 to q2, publish y priority 9 to q2
   6  settle ack b#1, publish z dedup d to q2
   9  receive 1 lease 90 on q2  -> y#1
  11  receive 10 lease 90 on q2 -> w#1
  14  receive 10 lease 90 on q2 -> nothing
  15  receive 10 lease 90 on q2 -> u#1
  29  receive 10 lease 90 on q2 -> nothing
  30  receive 10 lease 90 on q2 -> x#1
`,
);

promise(
	'P10: a successor that names no delay has that of its queue, and one of a topic is accepted once by its dedupId',
	`
   0  queue delay 10 on q2
   0  subscribe s to q3 on topic/t
   0  publish a, b
   0  receive 2               -> a#1, b#1
   0  settle ack a#1, publish x to q2, publish y dedup d to topic/t
   1  settle ack b#1, publish z dedup d to topic/t
   9  receive 10 on q2        -> nothing
  10  receive 10 on q2        -> x#1
  10  receive 10 on q3        -> y#1
`,
);

promise(
	'P10: successors go side by side with dead letters',
	`
   0  queue maxReceives 1
   0  publish a, b
   0  receive 2               -> a#1, b#1
   1  settle ack a#1, retry b#1 reason "no use", publish x to q2, publish y to q-dlq -> acked, buried, published 2
   1  receive 10 on q2        -> x#1
   1  browse on q-dlq         -> y visible, b visible
   1  look b on q-dlq         -> from q after 1, failure 1 at 1 no use
`,
);

promise(
	'P10: settles of one instant hand over in their order',
	`
   0  publish a, b, c
   0  receive 3               -> a#1, b#1, c#1
   1  settle ack a#1, publish x key k to q2, publish y key k to q3
   &  settle ack b#1, publish z key k to q2, publish w key k to q3
   &  settle ack b#1, publish u key k to q2 -> unknown, published 0
   &  settle ack c#1, publish v key k to q2
   1  receive 10 on q2        -> x#1, z#1, v#1
   1  receive 10 on q3        -> y#1, w#1
`,
);

promise(
	'P10: a successor may be followed by others before it has arrived',
	`
   0  queue maxBacklog 1 on q2
   0  publish a
   0  receive 1               -> a#1
   1  settle ack a#1, publish x key k to q2, publish y key k to q2, publish z to q
   2  receive 1               -> z#1
   3  settle ack z#1, publish w key k to q2
   3  figures                 -> leased 0, owed 2
   4  set maxBacklog none on q2
  20  receive 10 on q2        -> x#1, y#1, w#1
`,
);

promise(
	'P10: a message may be followed by one in its own queue',
	`
   0  publish a key k, b key k
   0  receive 1               -> a#1
   1  settle ack a#1, publish c key k to q
   1  receive 10              -> b#1, c#1
`,
);

promise(
	'P10: what is published to a topic without subscriptions waits there like any message',
	`
   0  publish a
   0  receive 1               -> a#1
   1  settle ack a#1, publish x to topic/t
   2  subscribe s to q2 from earliest on topic/t
   2  receive 10 on q2        -> x#1
   2  subscribe r to q3 from 1 on topic/t
   2  receive 10 on q3        -> x#1
`,
);

promise(
	'P10: to a target that is gone nothing is handed over, and nothing is acknowledged',
	`
   0  publish a
   0  receive 1               -> a#1
   0  delete on q2
  10  settle ack a#1, publish x to q2 -> queue_not_found
  10  figures                 -> leased 1, owed 0
  10  ack a#1
`,
	{ only: 'http' },
);
