#!/bin/sh
# Publishes with curl alone. Usage: SLUICE_KEY=... sh producer.sh [queue]
set -eu
url=${SLUICE_URL:-http://localhost:8787}
queue=${1:-hello}

# One message: the body is the message, whatever it is. The same dedupId twice is accepted once.
curl -sS --fail-with-body -X POST "$url/v1/queues/$queue/messages?key=customer-7&dedupId=order-1" \
	-H "authorization: Bearer $SLUICE_KEY" \
	-H 'content-type: application/json' \
	-H 'x-sluice-attribute-source: shell' \
	-d '{"order": 1}'
echo

# Up to 100 in one request, each with its own options.
curl -sS --fail-with-body -X POST "$url/v1/queues/$queue/messages/batch" \
	-H "authorization: Bearer $SLUICE_KEY" \
	-d '{"messages": [{"body": "{\"order\": 2}", "key": "customer-7"}, {"body": "{\"order\": 3}", "delaySeconds": 1}]}'
echo
