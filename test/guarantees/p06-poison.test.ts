import { promise } from './promise';

promise(
	'P6: after maxReceives a message moves to the dead-letter queue, with the reason and its history',
	`
       0  queue maxReceives 2
       0  publish a key k
       0  receive 1 lease 10              -> a#1
       5  retry a#1 delay 5 reason "boom" -> retried 10
      10  receive 1 lease 10              -> a#2
  19.999  figures                         -> leased 1, owed 0
      20  figures                         -> visible 0, leased 0, delayed 0
      20  look a                          -> message_not_found
      20  look a on q-dlq                 -> visible, attempt 0, from q after 2, published 0, buried 20, failure 1 at 5 boom, failure 2 at 20 lease expired
      20  receive 1 on q-dlq              -> a#1
`,
);

promise(
	'P6: what waits for its key before it is buried goes as soon as the head is finished',
	`
       0  queue maxReceives 1
       0  publish a key k, b key k
       0  receive 10 lease 20     -> a#1, b#1
      19  extend a#1 lease 61     -> extended 80
      21  ack a#1                 -> acked
      22  browse on q-dlq         -> b visible
`,
);

promise(
	'P6: a poison head does not take those behind it along: given back with it, they use up no receives of their own',
	`
       0  queue maxReceives 3
       0  publish a key k, b key k, c key k
       0  receive 10             -> a#1, b#1, c#1
       0  retry a#1 delay 0, b#1 delay 0, c#1 delay 0 -> retried, retried, retried
       1  receive 10             -> a#2
       1  retry a#2 delay 0      -> retried
       2  receive 10             -> a#3
       2  retry a#3 delay 0      -> buried
       3  receive 10             -> b#2
       3  ack b#2                -> acked
       4  receive 10             -> c#2
       4  ack c#2                -> acked
       5  browse on q-dlq        -> a visible
`,
);

promise(
	'P6: the retry of the last attempt buries, and says so',
	`
   0  queue maxReceives 2
   0  publish a
   0  receive 1                  -> a#1
   0  retry a#1 delay 0          -> retried 0
   0  receive 1                  -> a#2
   1  retry a#2 reason "no use"  -> buried
   1  ack a#2                    -> unknown
   1  receive 1 on q-dlq         -> a#1
`,
);

promise(
	'P6: nobody needs to ask: the last lease that ends buries',
	`
   0  queue maxReceives 1
   0  publish a
   0  receive 1 lease 10      -> a#1
  10  browse on q-dlq         -> a visible
`,
);

promise(
	'P6: maxReceives counts hand-outs: one less is not enough',
	`
   0  queue maxReceives 3 visibilityTimeout 10
   0  publish a
   0  receive 1            -> a#1
  10  receive 1            -> a#2
  20  receive 1            -> a#3
  29  ack a#3              -> acked
  60  browse on q-dlq      -> nothing
`,
);

promise(
	'P6: a last lease that was extended is not over; a late acknowledgement after it is, since the message is buried',
	`
   0  queue maxReceives 1
   0  publish a
   0  receive 1 lease 10       -> a#1
   9  extend a#1 lease 10      -> extended 19
  18  browse on q-dlq          -> nothing
  19  ack a#1                  -> unknown
  19  browse on q-dlq          -> a visible
`,
);

promise(
	'P6: without a dead-letter queue a message is tried until its retention ends',
	`
   0  queue maxReceives 1 deadLetter none visibilityTimeout 20 retention 60
   0  publish a
   0  receive 1            -> a#1
  20  receive 1            -> a#2
  40  receive 1            -> a#3
  60  receive 1            -> nothing
`,
);

promise(
	'P6: bounds that change while a last lease runs count at its end',
	`
   0  queue maxReceives 1
   0  publish a
   0  receive 1 lease 10   -> a#1
   5  set deadLetter none
  10  receive 1 lease 10   -> a#2
  15  set deadLetter q-dlq maxReceives 3
  20  receive 1 lease 10   -> a#3
  30  receive 1            -> nothing
  30  browse on q-dlq      -> a visible
`,
);

promise(
	'P6: a retry without a delay comes back after the backoff, which grows up to its bound',
	`
       0  queue backoff 2/3/10 maxReceives 10
       0  publish a
       0  receive 1    -> a#1
       0  retry a#1    -> retried 2
   1.999  receive 1    -> nothing
       2  receive 1    -> a#2
       2  retry a#2    -> retried 8
       8  receive 1    -> a#3
       8  retry a#3    -> retried 18
      18  receive 1    -> a#4
      18  retry a#4    -> retried 28
`,
);

promise(
	'P6: redrive sends dead letters back where they came from, once, with their id; a new life begins',
	`
   0  queue maxReceives 1
   0  publish a, b, c
   0  receive 3 lease 10       -> a#1, b#1, c#1
  10  browse on q-dlq          -> a visible, b visible, c visible
  11  redrive only a on q-dlq  -> accepted 1
  11  receive 10               -> a#1
  11  ack a#1
  12  redrive on q-dlq         -> accepted 2
  12  receive 10               -> b#1, c#1
  12  browse on q-dlq          -> nothing
  12  redrive on q-dlq         -> accepted 0
`,
);

promise(
	'P6: redrive leaves what is leased, and refuses ids that are not there',
	`
   0  queue maxReceives 1
   0  publish a, b
   0  receive 2 lease 10           -> a#1, b#1
  10  receive 1 lease 10 on q-dlq  -> a#1
  11  redrive only a+b on q-dlq    -> accepted 1, rejected a
  11  receive 10                   -> b#1
  11  ack a#1 on q-dlq
`,
);

promise(
	'P6: burying and redriving survive a restart at every step',
	`
   0  queue maxReceives 1
   0  publish a
   0  receive 1 lease 10   -> a#1
   5  restart
  10  restart
  10  browse on q-dlq      -> a visible
  10  restart
  11  redrive on q-dlq     -> accepted 1
  11  restart
  12  receive 10           -> a#1
  12  browse on q-dlq      -> nothing
`,
);

for (const fault of ['before', 'after', 'twice', 'crash']) {
	promise(
		`P6: a dead letter is neither lost nor doubled when its delivery fails (${fault}), nor on its way back`,
		`
   0  queue maxReceives 1
   0  publish a key k, b key k
   0  receive 2 lease 10   -> a#1, b#1
   0  courier ${fault}
   0  courier ${fault}
  10  tick
  20  browse on q-dlq      -> a visible, b visible
  20  figures              -> visible 0, leased 0, owed 0
  20  courier ${fault} on q-dlq
  21  redrive on q-dlq     -> accepted 2
  40  browse on q-dlq      -> nothing
  40  receive 10           -> a#1, b#1
  40  figures on q-dlq     -> visible 0, owed 0
`,
		{ only: 'engine' },
	);
}
