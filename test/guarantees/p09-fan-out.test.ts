import { promise } from './promise';

promise(
	'P9: every subscription gets every message exactly once, in a queue of its own',
	`
   0  subscribe s to q1 on topic/t
   0  subscribe r to q2 on topic/t
   0  publish a on topic/t
   0  publish b, c on topic/t
   0  receive 10 on q1        -> a#1, b#1, c#1
   0  receive 10 on q2        -> a#1, b#1, c#1
   1  ack a#1, b#1, c#1 on q1
  40  receive 10 on q1        -> nothing
  40  receive 10 on q2        -> a#2, b#2, c#2
  40  lag s on topic/t        -> lag 0, oldest none, delivered 3, filtered 0, missed 0, on-time
  40  look a on q2            -> leased until 70, attempt 2, copy of t
`,
);

promise(
	'P9: who waits at a queue is woken by what comes from a topic',
	`
   0  subscribe s to q1 on topic/t
   1  wait w 20 max 2 on q1
   5  answer w                -> waiting
   5  publish a on topic/t
   5  answer w                -> a#1 until 35
`,
);

promise(
	'P9: a queue and a topic of one name are two things',
	`
   0  publish a
   0  subscribe s to q on topic/q
   0  publish b on topic/q
   0  receive 10              -> a#1, b#1
   0  look a                  -> leased, attempt 1
   0  look b                  -> copy of q
`,
);

promise(
	'P9: order per key, and each key in its turn, in every queue for itself',
	`
   0  subscribe s to q1 on topic/t
   0  subscribe r to q2 on topic/t
   0  publish a key k, b key k, c key l on topic/t
   0  publish d key k on topic/t
   0  receive 1 on q1         -> a#1
   0  receive 10 on q1        -> c#1
   1  ack a#1 on q1
   1  receive 10 on q1        -> b#1, d#1
   1  receive 10 on q2        -> a#1, b#1, c#1, d#1
`,
);

promise(
	'P9: a message to a topic without subscriptions is kept for those who come later',
	`
   0  publish a on topic/t
   5  subscribe s to q1 on topic/t
   5  subscribe r to q2 from earliest on topic/t
   6  receive 10 on q1        -> nothing
   6  receive 10 on q2        -> a#1
   6  lag s on topic/t        -> lag 0, delivered 0, missed 0
`,
);

promise(
	'P9: a subscription begins now, at the earliest message, at an instant or at a sequence number',
	`
   0  publish a on topic/t
   1  publish b on topic/t
   2  publish c, d on topic/t
   3  subscribe now to q1 on topic/t
   3  subscribe also to q2 from now on topic/t
   3  subscribe all to q3 from earliest on topic/t
   3  subscribe at to q4 from 1 on topic/t
   3  subscribe after to q5 from 1.001 on topic/t
   3  subscribe third to q6 from #3 on topic/t
   3  subscribe future to q7 from #99 on topic/t
   4  publish e on topic/t
   4  receive 10 on q1        -> e#1
   4  receive 10 on q2        -> e#1
   4  receive 10 on q3        -> a#1, b#1, c#1, d#1, e#1
   4  receive 10 on q4        -> b#1, c#1, d#1, e#1
   4  receive 10 on q5        -> c#1, d#1, e#1
   4  receive 10 on q6        -> c#1, d#1, e#1
   4  receive 10 on q7        -> e#1
`,
);

promise(
	'P9: what is published at the instant of a subscription, and after it, is not left out',
	`
   0  topic on topic/t
   5  subscribe s to q1 on topic/t
   5  publish a on topic/t
   5  receive 10 on q1        -> a#1
`,
);

promise(
	'P9: the same subscription again changes nothing, not even where it is',
	`
   0  publish a on topic/t
   0  subscribe s to q1 from earliest on topic/t
   0  receive 10 on q1        -> a#1
   1  subscribe s to q1 from earliest on topic/t
   1  subscribe s to q1 from now on topic/t
   1  publish b on topic/t
   1  receive 10 on q1        -> b#1
   1  lag s on topic/t        -> delivered 2, missed 0
`,
);

promise(
	'P9: a subscription that was ended gets nothing more, and what it has brought stays',
	`
   0  subscribe s to q1 on topic/t
   0  publish a on topic/t
   1  unsubscribe s on topic/t
   1  publish b on topic/t
   1  receive 10 on q1        -> a#1
   1  lag s on topic/t        -> subscription_not_found
   1  unsubscribe s on topic/t -> subscription_not_found
   1  seek s earliest on topic/t -> subscription_not_found
`,
);

promise(
	'P9: one made again under its name begins anew: it is another subscription',
	`
   0  subscribe s to q1 on topic/t
   0  publish a on topic/t
   0  receive 10 on q1        -> a#1
   0  ack a#1 on q1
   1  unsubscribe s on topic/t
   2  subscribe s to q1 from earliest on topic/t
   2  receive 10 on q1        -> a#1
   2  lag s on topic/t        -> delivered 1
`,
);

promise(
	'P9: two subscriptions may feed one queue: it gets what each of them brings, by each of them once',
	`
   0  subscribe s to q1 on topic/t
   0  subscribe r to q1 filter '{"kind":["order"]}' on topic/t
   0  subscribe u to q1 on topic/u
   0  publish a on topic/t
   0  publish b attr kind=order on topic/t
   0  publish c on topic/u
   0  receive 1 on q1         -> a#1
   0  receive 10 on q1        -> b#1, b#1, c#1
   0  look c on q1            -> copy of u
`,
);

promise(
	'P9: time to live and priority travel with the message; the delay is that of the queue',
	`
   0  queue delay 10 on q2
   0  subscribe s to q1 on topic/t
   0  subscribe r to q2 on topic/t
   0  publish a, b priority 5, c ttl 5 on topic/t
   1  receive 1 on q1         -> b#1
   1  receive 10 on q1        -> a#1, c#1
   9  receive 10 on q2        -> nothing
  10  receive 10 on q2        -> b#1, a#1
`,
);

promise(
	'P9: a topic accepts a dedupId once within its window, whatever became of the copies',
	`
   0  topic dedupWindow 60 on topic/t
   0  subscribe s to q1 on topic/t
   0  publish a dedup d on topic/t
   0  receive 10 on q1           -> a#1
   0  ack a#1 on q1
  59  publish b dedup d on topic/t -> duplicate a
  59  receive 10 on q1           -> nothing
  60  publish c dedup d on topic/t
  60  receive 10 on q1           -> c#1
`,
);

promise(
	'P9: the window of a queue is not asked about copies: those of two topics may share a dedupId',
	`
   0  subscribe s to q1 on topic/t
   0  subscribe r to q1 on topic/u
   0  publish a dedup d on topic/t
   0  publish b dedup d on topic/u
   0  publish c dedup d on q1
   0  receive 10 on q1           -> a#1, b#1, c#1
`,
);

promise(
	'P9: a copy is a message like others: it is retried, and buried with its history',
	`
   0  queue maxReceives 1 on q1
   0  subscribe s to q1 on topic/t
   0  publish a attr kind=order on topic/t
   5  receive 1 lease 10 on q1  -> a#1
   6  retry a#1 reason "boom" on q1 -> buried
   6  look a on q1-dlq          -> visible, copy of t, attr kind=order, from q1 after 1, failure 1 at 6 boom
   7  redrive on q1-dlq         -> accepted 1
   7  receive 1 on q1           -> a#1
`,
);
