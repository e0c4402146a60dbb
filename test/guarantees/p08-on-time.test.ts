import { promise } from './promise';

promise(
	'P8: a delayed message is handed out at its instant, not before',
	`
       0  publish a delay 5, b at 7.5
       0  figures     -> delayed 2, visible 0
   4.999  receive 10  -> nothing
       5  receive 10  -> a#1
   7.499  receive 10  -> nothing
     7.5  receive 10  -> b#1
`,
);

promise(
	"P8: the queue's delay holds for messages that name none; an instant in the past means now",
	`
      0  queue delay 10
      0  publish a, b delay 0, c at 0
      0  receive 10  -> b#1, c#1
  9.999  receive 10  -> nothing
     10  receive 10  -> a#1
`,
);

promise(
	'P8: after its instant a delayed message wakes who waits',
	`
       0  publish a delay 5
       0  wait w 20
   4.999  answer w   -> waiting
       5  answer w   -> a#1
`,
);

promise(
	'P8: a message whose lease or retry delay ends wakes who waits, also behind its key',
	`
       0  publish a key k, b
       0  receive 2 lease 10  -> a#1, b#1
       1  retry b#1 delay 3
       1  wait w1 20 by w1
       1  wait w2 20 by w2
   3.999  answer w1           -> waiting
       4  answer w1           -> b#2
   9.999  answer w2           -> waiting
      10  answer w2           -> a#2
`,
);

promise(
	'P8: publish, resume and acknowledging the head of a key wake who waits',
	`
   0  pause
   0  publish a1 key a, a2 key a
   0  wait w1 20 by w1
   0  answer w1    -> waiting
   1  resume
   1  answer w1    -> a1#1
   1  wait w2 20 by w2
   1  answer w2    -> waiting
   2  ack a1#1
   2  answer w2    -> a2#1
   2  wait w3 20 by w3
   3  publish b
   3  answer w3    -> b#1
`,
);

promise(
	'P8: a message is not handed out at or after the end of its time to live',
	`
       0  publish a ttl 10, b ttl 10
   9.999  receive 1 lease 5  -> a#1
      10  receive 1          -> nothing
  14.999  receive 1          -> nothing
  14.999  receive 1          -> nothing
      15  receive 1          -> nothing
`,
);

promise(
	'P8: a lease may outlive the time to live, and be acknowledged',
	`
   0  publish a ttl 10
   9  receive 1 lease 30  -> a#1
  20  ack a#1             -> acked
`,
);

promise(
	'P8: exactly at the end of its retention a message is gone; a delay counts before it',
	`
        0  queue retention 60
        0  publish a, b
        1  publish late delay 59.5
   59.999  receive 1 lease 100   -> a#1
       60  receive 10            -> nothing
     60.5  receive 10            -> late#1
     60.5  retry late#1 delay 59 -> retried 119.5
  120.499  receive 10 lease 0.001  -> late#2
    120.5  receive 10            -> nothing
      150  ack a#1               -> acked
`,
);
