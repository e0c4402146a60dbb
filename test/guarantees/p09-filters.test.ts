import { promise } from './promise';

promise(
	'P9: a filter on attributes lets through what fits all of its keys, and counts the rest',
	`
   0  subscribe s to q1 filter '{"kind":["order",{"prefix":"pay"}],"test":[{"exists":false}]}' on topic/t
   0  subscribe r to q2 on topic/t
   0  publish a attr kind=order, b attr kind=mail, c on topic/t
   0  publish d attr kind=payment, e attr kind=order+test=1 on topic/t
   0  receive 10 on q1        -> a#1, d#1
   0  receive 10 on q2        -> a#1, b#1, c#1, d#1, e#1
   0  lag s on topic/t        -> lag 0, delivered 2, filtered 3, missed 0, on-time
   0  lag r on topic/t        -> lag 0, delivered 5, filtered 0
`,
);

promise(
	'P9: a filter on bodies looks into JSON, and lets through nothing that is none',
	`
   0  subscribe s to q1 filter '{"size":[{"numeric":[">=",10]}],"from":{"country":["ch"]}}' scope body on topic/t
   0  subscribe r to q2 filter '{"size":[{"exists":false}]}' scope body on topic/t
   0  publish a body '{"size":10,"from":{"country":"ch"}}' on topic/t
   0  publish b body '{"size":9,"from":{"country":"ch"}}', c body '{"size":11,"from":{"country":"de"}}' on topic/t
   0  publish d, e body '{}' on topic/t
   0  receive 10 on q1        -> a#1
   0  receive 10 on q2        -> e#1
   0  lag s on topic/t        -> delivered 1, filtered 4
`,
);

promise(
	'P9: alternatives, and an attribute that is a list',
	`
   0  subscribe s to q1 filter '{"$or":[{"kind":["order"]},{"price":[{"numeric":["<",5]}]}],"tags":["x"]}' on topic/t
   0  publish a attr kind=order+tags=x, b attr price=4+tags=x, c attr price=5+tags=x, d attr kind=order on topic/t
   0  receive 10 on q1        -> a#1, b#1
`,
);

promise(
	'P9: order per key holds for what a filter lets through',
	`
   0  subscribe s to q1 filter '{"kind":["order"]}' on topic/t
   0  publish a key k attr kind=order, b key k, c key k attr kind=order on topic/t
   0  receive 1 on q1         -> a#1
   0  receive 10 on q1        -> nothing
   1  ack a#1 on q1
   1  receive 10 on q1        -> c#1
`,
);

promise(
	'P9: another filter counts for messages from then on',
	`
   0  subscribe s to q1 filter '{"kind":["order"]}' on topic/t
   0  publish a attr kind=order, b attr kind=mail on topic/t
   1  subscribe s to q1 filter '{"kind":["mail"]}' on topic/t
   1  publish c attr kind=order, d attr kind=mail on topic/t
   2  subscribe s to q1 on topic/t
   2  publish e attr kind=order, f on topic/t
   2  receive 10 on q1        -> a#1, d#1, e#1, f#1
   2  lag s on topic/t        -> delivered 4, filtered 2
`,
);

promise(
	'P9: another filter counts from then on also for a subscription that lags',
	`
   0  queue maxBacklog 1 on q1
   0  subscribe s to q1 filter '{"kind":["order"]}' on topic/t
   0  publish a attr kind=order, b attr kind=order, c attr kind=mail on topic/t
   1  subscribe s to q1 filter '{"kind":["mail"]}' on topic/t
   1  publish d attr kind=order, e attr kind=mail on topic/t
   2  restart
   2  set maxBacklog none on q1
  10  receive 10 on q1        -> a#1, b#1, e#1
  10  lag s on topic/t        -> lag 0, delivered 3, filtered 2, missed 0, on-time
`,
);

promise(
	'P9: another queue counts from then on also for a subscription that lags: what was published before goes where it was to go',
	`
   0  queue maxBacklog 1 on q1
   0  subscribe s to q1 on topic/t
   0  publish a key k, b key k on topic/t
   1  subscribe s to q2 on topic/t
   1  publish c key k on topic/t
   1  restart
   1  receive 10 on q1        -> a#1
   1  receive 10 on q2        -> nothing
   2  ack a#1 on q1
  10  receive 10 on q1        -> b#1
  10  receive 10 on q2        -> c#1
  10  lag s on topic/t        -> lag 0, delivered 3, missed 0
`,
);

promise(
	'P9: changed often while it lags, each message goes by the terms of its own time',
	`
   0  queue maxBacklog 1 on q1
   0  subscribe s to q1 on topic/t
   0  publish a, b on topic/t
   1  subscribe s to q2 on topic/t
   1  publish c on topic/t
   2  subscribe s to q1 filter '{"kind":["order"]}' on topic/t
   2  publish d, e attr kind=order on topic/t
   3  subscribe s to q3 filter '{"kind":["order"]}' on topic/t
   3  publish f attr kind=order, g on topic/t
   4  set maxBacklog none on q1
  20  receive 10 on q1        -> a#1, b#1, e#1
  20  receive 10 on q2        -> c#1
  20  receive 10 on q3        -> f#1
  20  lag s on topic/t        -> lag 0, delivered 5, filtered 2
`,
);

promise(
	'P9: changes between which nothing was published leave the last one only',
	`
   0  subscribe s to q1 on topic/t
   0  subscribe s to q2 on topic/t
   0  subscribe s to q3 filter '{"kind":["order"]}' on topic/t
   0  publish a attr kind=order, b on topic/t
   0  receive 10 on q1        -> nothing
   0  receive 10 on q2        -> nothing
   0  receive 10 on q3        -> a#1
`,
);
