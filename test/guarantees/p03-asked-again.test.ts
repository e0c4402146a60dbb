import { promise } from './promise';

promise(
	'P3: a receive that is asked again by its name answers the same messages at the same attempts, held anew from then on',
	`
       0  publish a, b, c
       0  receive 2 lease 30 by w1 as r  -> a#1 until 30 first 0, b#1 until 30 first 0
      20  receive 2 lease 30 by w1 as r  -> a#1 until 50 first 0, b#1 until 50 first 0
      30  receive 10 lease 10 by w2      -> c#1
  49.999  receive 10 by w2               -> c#2
      50  ack a#1                        -> acked
      50  receive 10 lease 10 by w2 as r -> b#2 until 60 first 0
`,
);

promise(
	'P3: what a named receive got is not repeated once one of its messages was acknowledged, retried, extended, removed or handed out again',
	`
   0  publish a1, a2, b1, b2, c1, c2, d1, d2
   0  receive 2 lease 100 as ack     -> a1#1, a2#1
   0  receive 2 lease 100 as retry   -> b1#1, b2#1
   0  receive 2 lease 100 as extend  -> c1#1, c2#1
   0  receive 2 lease 100 as remove  -> d1#1, d2#1
   1  ack a1#1
   1  retry b2#1 delay 500
   1  extend c1#1 lease 99
   1  remove d2
   2  receive 2 as ack               -> nothing
   2  receive 2 as retry             -> nothing
   2  receive 2 as extend            -> nothing
   2  receive 2 as remove            -> nothing
   2  look c1                        -> leased until 100
   3  publish e
   3  receive 1 lease 10 as again    -> e#1
  13  receive 1 lease 10 as other    -> e#2
  14  receive 1 as again             -> nothing
  15  receive 1 lease 10 as other    -> e#2 until 25
`,
);

promise(
	'P3: a named receive is repeated for 300 seconds, while every lease runs, and across a restart',
	`
        0  publish a, b
        0  receive 1 lease 1000 as r  -> a#1
        1  receive 1 lease 5 as s     -> b#1
        2  restart
        3  receive 1 lease 1000 as r  -> a#1 until 1003
    5.999  receive 1 lease 5 as s     -> b#1 until 10.999
   10.999  receive 1 lease 600 as s   -> b#2 until 610.999
  299.999  receive 1 lease 1000 as r  -> a#1 until 1299.999
      300  receive 1 as r             -> nothing
  310.998  receive 1 lease 600 as s   -> b#2 until 910.998
  310.999  receive 1 as s             -> nothing
`,
);

promise(
	'P3: an empty receive is not remembered; a long poll is, when it is answered',
	`
   0  receive 1 as r          -> nothing
   0  wait w 20 max 2 by w1 lease 30 as r
   1  publish a
   1  answer w                -> a#1 until 31
   2  receive 5 lease 30 as r -> a#1 until 32
   2  wait v 20 lease 30 as r
   2  answer v                -> a#1 until 32
   3  publish b
   3  receive 5 as r          -> a#1 until 33
   3  receive 5               -> b#1
`,
);

promise(
	'P3: a repeated receive counts no attempt, and keeps its message from the dead letters',
	`
   0  queue maxReceives 1
   0  publish a
   0  receive 1 lease 10 as r  -> a#1
   9  receive 1 lease 10 as r  -> a#1 until 19
  18  receive 1 lease 10 as r  -> a#1 until 28
  27  figures                  -> leased 1
  28  tick
  28  browse on q-dlq          -> a visible
`,
);

promise(
	'P3: a queue that delivers at most once has nothing to repeat',
	`
   0  queue delivery at-most-once
   0  publish a, b
   0  receive 1 as r  -> a#1 without receipt
   0  receive 1 as r  -> b#1 without receipt
   0  receive 1 as r  -> nothing
`,
);

promise(
	'P3: with several partitions a receive that is asked again finds what it got, wherever that was',
	`
   0  queue partitions 4
   0  publish a key k1
   0  receive 4 lease 30 as r  -> a#1 until 30
   1  publish b key k2
   1  receive 4 lease 30 as r  -> a#1 until 31
   2  receive 4 lease 30 as s  -> b#1 until 32
   3  publish c key k3
   4  receive 4 lease 30 as r  -> a#1 until 34
   4  receive 4 lease 30 as s  -> b#1 until 34
   5  ack a#1                  -> acked
   5  receive 4 lease 30 as r  -> c#1 until 35
`,
	{ only: 'http' },
);
