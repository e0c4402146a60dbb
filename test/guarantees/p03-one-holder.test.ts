import { promise } from './promise';

promise(
	'P3: while a lease runs nobody else is given the message; at its very end it may be handed out again',
	`
       0  publish a
       0  receive 1 lease 30 by w1  -> a#1 until 30
  29.999  receive 1 by w2           -> nothing
      30  receive 1 by w2           -> a#2 until 60
`,
);

promise(
	'P3: an extension counts from now, may shorten, and may come late',
	`
       0  publish a
       0  receive 1 lease 30       -> a#1
      29  extend a#1 lease 30      -> extended 59
  58.999  receive 1                -> nothing
  58.999  extend a#1 lease 0.5     -> extended 59.499
  59.498  receive 1                -> nothing
      70  extend a#1 lease 10      -> extended 80
  79.999  receive 1                -> nothing
      80  receive 1                -> a#2
      80  extend a#1 lease 10      -> stale a#2
`,
);

promise(
	'P3: two that ask at the same time get different messages',
	`
   0  publish a, b
   0  receive 1 by w1   -> a#1
   &  receive 1 by w2   -> b#1
   &  receive 1 by w3   -> nothing
`,
);

promise(
	'P3: waiting receivers are served first come first served, each message to one of them',
	`
   0  wait w1 20 by w1
   1  wait w2 20 by w2
   2  publish a
   2  answer w1         -> a#1
   2  answer w2         -> waiting
   3  publish b
   3  answer w2         -> b#1
   3  receive 10        -> nothing
`,
);

promise(
	'P3: a wait that is over without a message is an empty answer, and takes nothing afterwards',
	`
       0  wait w 20
  19.999  answer w      -> waiting
      20  answer w      -> nothing
      20  publish a
      20  receive 1     -> a#1
`,
);

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

promise(
	'P3: a lease of no time at all is over at once, and one receive hands a message out once',
	`
   0  publish a, b key k, c key k
   0  receive 10 lease 0  -> a#1, b#1, c#1
   0  receive 10 lease 0  -> a#2, b#2
   0  ack a#2
   1  receive 10 lease 5  -> b#3
   1  receive 10          -> nothing
`,
	{ only: 'engine' },
);

promise(
	'P3: a lease of no time at all on a key whose next message is delayed ends, too',
	`
   0  publish a key k
   0  receive 1 lease 5         -> a#1
   0  publish b key k, c key k delay 100
   0  receive 10                -> nothing
   1  ack a#1
   1  receive 10 lease 0        -> b#1
   1  receive 10 lease 0        -> b#2
   1  ack b#2
 100  receive 10                -> c#1
`,
	{ only: 'engine' },
);

promise(
	'P3: several that wait with no lease at all are each answered once',
	`
   0  queue maxReceives 3
   0  wait w1 20 lease 0
   0  wait w2 20 lease 0
   1  publish a
   1  answer w1           -> a#1 until 1
   1  answer w2           -> a#2 until 1
   2  wait w3 20 lease 0
   2  answer w3           -> a#3
   3  tick
   3  figures             -> visible 0, leased 0
`,
	{ only: 'engine' },
);

promise(
	'P3: who waits gets what another one held for no time at all',
	`
   0  publish a
   0  receive 1 lease 10        -> a#1
   1  wait w 20 lease 10
  10  answer w                  -> a#2
  20  wait v 20 lease 10 as r
  20  answer v                  -> a#3 until 30
  20  wait u 20 lease 10
  21  receive 1 lease 0 as r    -> a#3 until 21
  21  answer u                  -> a#4 until 31
`,
	{ only: 'engine' },
);

promise(
	'P3: when a message was first handed out is remembered, whatever became of it since',
	`
   0  publish a, b
   0  look a                       -> visible, attempt 0
   5  receive 1 lease 10           -> a#1 until 15 first 5
   6  retry a#1 delay 10
   7  look a                       -> delayed until 16, attempt 1, first 5
  16  receive 1 lease 10           -> a#2 until 26 first 5
  17  restart
  26  receive 2 lease 10           -> a#3 until 36 first 5, b#1 until 36 first 26
  27  extend a#3 lease 20          -> extended 47
  28  restart
  47  receive 2 lease 10           -> b#2 until 57 first 26, a#4 until 57 first 5
`,
);
