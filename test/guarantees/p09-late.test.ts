import { promise } from './promise';

promise(
	'P9: a full queue delays nobody else: what it has no room for is tried again, later while it takes nothing, and said to be late',
	`
   0  queue maxBacklog 2 on q1
   0  subscribe s to q1 on topic/t
   0  subscribe r to q2 on topic/t
   0  publish a key k, b key k, c key k, d key k on topic/t
   0  receive 10 on q2        -> a#1, b#1, c#1, d#1
   0  lag s on topic/t        -> lag 2, oldest 0, delivered 2, filtered 0, missed 0, late until 0.2
   0  lag r on topic/t        -> lag 0, delivered 4, on-time
   1  lag s on topic/t        -> late until 1.2
   3  lag s on topic/t        -> late until 3.2
   4  publish e key l on topic/t
   4  receive 10 on q2        -> e#1
   4  lag s on topic/t        -> lag 3, delivered 2, late until 7.2
   5  receive 10 on q1        -> a#1, b#1
   5  ack a#1, b#1 on q1
   6  receive 10 on q1        -> nothing
 7.2  receive 10 on q1        -> c#1, d#1
 7.2  lag s on topic/t        -> lag 1, oldest 4, delivered 4, late until 7.4
   8  ack c#1, d#1 on q1
   8  lag s on topic/t        -> lag 1, delivered 4, late until 8.4
 8.4  receive 10 on q1        -> e#1
 8.4  lag s on topic/t        -> lag 0, oldest none, delivered 5, missed 0, on-time
`,
);

promise(
	'P9: the time between two attempts grows to five minutes, not further',
	`
   0  queue maxBacklog 1 on q1
   0  subscribe s to q1 on topic/t
   0  publish a, b on topic/t
 300  lag s on topic/t        -> late until 511.2
 512  lag s on topic/t        -> late until 811.2
 812  lag s on topic/t        -> late until 1111.2
`,
);

promise(
	'P9: a queue that is full for long loses nothing: when there is room everything comes, once, in order',
	`
   0  queue maxBacklog 1 on q1
   0  subscribe s to q1 on topic/t
   0  publish a key k, b key k on topic/t
 100  publish c key k on topic/t
 200  publish d key k on topic/t
 300  set maxBacklog none on q1
 600  receive 10 on q1        -> a#1, b#1, c#1, d#1
 600  lag s on topic/t        -> lag 0, delivered 4, missed 0, on-time
`,
);

promise(
	'P9: two subscriptions of one full queue both wait, and both come to their end',
	`
   0  queue maxBacklog 1 on q1
   0  subscribe s to q1 on topic/t
   0  subscribe r to q1 on topic/u
   0  publish a on topic/t
   0  publish b on topic/u
   0  lag s on topic/t        -> lag 0, on-time
   0  lag r on topic/u        -> lag 1, late
   5  receive 1 on q1         -> a#1
   5  ack a#1 on q1
   9  receive 10 on q1        -> b#1
   9  lag r on topic/u        -> lag 0, on-time
`,
);

promise(
	'P9: a paused queue is delivered to: it holds back receivers only',
	`
   0  subscribe s to q1 on topic/t
   0  pause on q1
   0  publish a on topic/t
   0  lag s on topic/t        -> lag 0, delivered 1, on-time
   0  receive 10 on q1        -> nothing
   5  resume on q1
   5  receive 10 on q1        -> a#1
`,
);

promise(
	'P9: the subscription of a deleted queue ends with it; the others go on',
	`
   0  queue maxBacklog 1 on q1
   0  subscribe s to q1 on topic/t
   0  subscribe r to q2 on topic/t
   0  publish a, b on topic/t
   1  delete on q1
   1  publish c on topic/t
   9  receive 10 on q2        -> a#1, b#1, c#1
   9  lag s on topic/t        -> subscription_not_found
   9  lag r on topic/t        -> lag 0, delivered 3
`,
);

promise(
	'P9: what was to go to the former queue of a subscription goes to the present one, if the former is deleted',
	`
   0  queue maxBacklog 1 on q1
   0  subscribe s to q1 on topic/t
   0  publish a, b on topic/t
   1  subscribe s to q2 filter '{"kind":["order"]}' on topic/t
   1  publish c, d attr kind=order on topic/t
   2  subscribe s to q2 on topic/t
   2  publish e on topic/t
   3  delete on q1
  20  receive 10 on q2        -> d#1, e#1
  20  lag s on topic/t        -> lag 0, delivered 3, filtered 2, missed 0
`,
);

promise(
	'P9: a queue that is made again under the name of a deleted one is another one: nothing comes that was meant for the former',
	`
   0  queue maxBacklog 1 on q1
   0  subscribe s to q1 on topic/t
   0  subscribe r to q1 on topic/u
   0  publish a, b on topic/t
   1  subscribe s to q2 on topic/t
   1  publish c on topic/t
   1  publish d on topic/u
   2  delete on q1
   2  queue on q1
   2  publish e on topic/u
  20  receive 10 on q1        -> nothing
  20  receive 10 on q2        -> b#1, c#1
  20  lag s on topic/t        -> lag 0, delivered 3, missed 0, on-time
  20  lag r on topic/u        -> subscription_not_found
  21  subscribe r to q1 from earliest on topic/u
  21  receive 10 on q1        -> d#1, e#1
`,
);

promise(
	'P9: a subscription that went elsewhere meanwhile may come back to a queue that was made again',
	`
   0  queue maxBacklog 1 on q1
   0  subscribe s to q1 on topic/t
   0  publish a, b on topic/t
   1  subscribe s to q2 on topic/t
   1  publish c on topic/t
   2  delete on q1
   2  queue on q1
   2  subscribe s to q1 on topic/t
   2  publish d on topic/t
  20  receive 10 on q1        -> d#1
  20  receive 10 on q2        -> b#1, c#1
  20  lag s on topic/t        -> lag 0, delivered 4, missed 0, on-time
`,
);

promise(
	'P9: what retention takes before a subscription that lags has seen it is counted, never silent',
	`
   0  topic retention 60 on topic/t
   0  queue maxBacklog 1 on q1
   0  subscribe s to q1 on topic/t
   0  subscribe r to q2 on topic/t
   0  publish a, b on topic/t
  30  publish c on topic/t
  59  lag s on topic/t        -> lag 2, oldest 0, delivered 1, missed 0, late
  60  lag s on topic/t        -> lag 1, oldest 30, delivered 1, missed 1, late
  61  set maxBacklog none on q1
  61  restart
  70  receive 10 on q1        -> a#1, c#1
  70  lag s on topic/t        -> lag 0, delivered 2, filtered 0, missed 1, on-time
  70  lag r on topic/t        -> lag 0, delivered 3, missed 0, on-time
`,
);

promise(
	'P9: retention that takes all of a topic takes no place: sequence numbers and subscriptions go on',
	`
   0  topic retention 60 on topic/t
   0  subscribe s to q1 on topic/t
   0  publish a, b on topic/t
  70  restart
  70  subscribe r to q2 from earliest on topic/t
  70  publish c on topic/t
  70  subscribe u to q3 from #3 on topic/t
  70  receive 10 on q1        -> a#1, b#1, c#1
  70  receive 10 on q2        -> c#1
  70  receive 10 on q3        -> c#1
  70  lag s on topic/t        -> lag 0, delivered 3, missed 0
  70  lag r on topic/t        -> lag 0, delivered 1, missed 0
`,
);
