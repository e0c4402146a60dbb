import { promise } from './promise';

promise(
	'P5: the next of a key waits until the one before is finished; other keys and messages without one do not',
	`
   0  publish a1 key a, a2 key a, b1 key b, free
   0  receive 1         -> a1#1
   0  receive 10        -> b1#1, free#1
   0  receive 10        -> nothing
   1  ack a1#1
   1  receive 10        -> a2#1
`,
);

promise(
	'P5: one receive may hold several of a key, in order',
	`
   0  publish a1 key a, b1 key b, a2 key a, a3 key a
   0  receive 3         -> a1#1, b1#1, a2#1
   0  receive 10        -> nothing
   0  ack a2#1
   0  receive 10        -> nothing
   0  ack a1#1
   0  receive 10        -> a3#1
`,
);

promise(
	'P5: a receive may be filled from one key before another; what it passes over keeps its order',
	`
   0  publish a1 key a, b1 key b, a2 key a, c1 key c, b2 key b, a3 key a
   0  receive 2 key-first  -> a1#1, a2#1
   0  receive 3 key-first  -> b1#1, b2#1, c1#1
   0  receive 10 key-first -> nothing
   1  ack a1#1, a2#1
   1  publish b3 key b, d1 key d
   1  receive 10 key-first -> a3#1, d1#1
   2  ack b1#1, b2#1
   2  receive 10 key-first -> b3#1
`,
);

promise(
	'P5: a message that failed before comes alone, so that its followers do not use up their receives for its sake',
	`
   0  publish a1 key a, a2 key a, a3 key a, b1 key b
   0  receive 2 lease 10   -> a1#1, a2#1
  10  receive 10           -> a1#2, b1#1
  11  ack a1#2
  11  receive 10           -> a2#2
  12  ack a2#2
  12  receive 10           -> a3#1
`,
);

promise(
	'P5: a lapsed head comes again before its followers, at the very expiry',
	`
       0  publish a1 key a, a2 key a, a3 key a
       0  receive 2 lease 30   -> a1#1, a2#1
       1  ack a2#1
  29.999  receive 10           -> nothing
      30  receive 1            -> a1#2
      30  receive 10           -> nothing
      31  ack a1#2
      31  receive 10           -> a3#1
`,
);

promise(
	'P5: a head that was given back holds its key until it is due, handed out again and finished',
	`
       0  publish a1 key a, a2 key a, b1 key b
       0  receive 1            -> a1#1
       1  retry a1#1 delay 10  -> retried 11
       1  receive 10           -> b1#1
  10.999  receive 10           -> nothing
      11  receive 1            -> a1#2
      11  receive 10           -> nothing
      12  ack a1#2
      12  receive 10           -> a2#1
`,
);

promise(
	'P5: a delayed message of a key holds up the later ones until it is due and finished',
	`
      0  publish a1 key a delay 10, a2 key a, b1 key b
      0  receive 10   -> b1#1
  9.999  receive 10   -> nothing
     10  receive 1    -> a1#1
     10  receive 10   -> nothing
     11  ack a1#1
     11  receive 10   -> a2#1
`,
);

promise(
	'P5: a message that is removed or acknowledged by its holder frees its key',
	`
   0  publish a1 key a, a2 key a, a3 key a
   0  receive 1    -> a1#1
   0  remove a1
   0  receive 1    -> a2#1
   0  remove a3
   0  ack a2#1
   0  publish a4 key a
   0  receive 10   -> a4#1
`,
);

promise(
	'P5: removing a delayed head frees its key at once',
	`
   0  publish a1 key a delay 60, a2 key a
   0  receive 10   -> nothing
   0  remove a1
   0  receive 10   -> a2#1
`,
);

promise(
	'P5: order holds across a restart and for what is published while the key is held',
	`
   0  publish a1 key a, a2 key a
   0  receive 1         -> a1#1
   0  receive 10        -> nothing
   1  publish a3 key a, b1 key b
   1  receive 10        -> b1#1
   1  restart
   2  publish a4 key a
   2  ack a1#1
   2  receive 2         -> a2#1, a3#1
   2  receive 10        -> nothing
   3  ack a3#1
   3  ack a2#1
   3  receive 10        -> a4#1
`,
);

promise(
	'P5: poison is buried and its key goes on, where the queue says dead-letter',
	`
   0  queue maxReceives 1
   0  publish a1 key a, a2 key a
   0  receive 1 lease 10  -> a1#1
  10  receive 1           -> a2#1
  10  receive 1 on q-dlq  -> a1#1
`,
);

promise(
	'P5: poison blocks its key and no other, where the queue says block',
	`
   0  queue maxReceives 1 onPoison block visibilityTimeout 10
   0  publish a1 key a, a2 key a, free
   0  receive 1            -> a1#1
  10  receive 1            -> a1#2
  10  receive 10           -> free#1
  11  retry a1#2 delay 0   -> retried 11
  20  receive 1            -> a1#3
  20  receive 10 on q-dlq  -> free#1
  21  ack a1#3
  21  receive 10           -> a2#1
`,
);

promise(
	'P5: without a key, higher priorities come first, then what was handed out before, then publish order',
	`
   0  publish a, b priority 9, c priority 5, d
   0  receive 1            -> b#1
   0  retry b#1 delay 1
   1  publish e priority 9
   1  receive 2            -> b#2, e#1
   1  receive 10           -> c#1, a#1, d#1
`,
);
