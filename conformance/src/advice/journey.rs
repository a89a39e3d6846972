//! Topics of what is told to HubSpot, and of the endpoint that HubSpot asks.

use super::Topic;

pub(super) static REGISTRATION: Topic = Topic {
    name: "Registering the recording URL",
    aim: "Register one whole https URL with %s in its path, once, when the app is set up, before any call is logged.",
    stacks: &[
        (
            "nginx",
            "nginx sends nothing to HubSpot. Let the registered path reach your application: `location /retrieve/recording/ { proxy_pass http://app; }`, \
             with the path left encoded (no URI after the host in `proxy_pass`).",
        ),
        (
            "Express",
            "Build the URL from a setting (`PUBLIC_URL`), not from `req.protocol`: behind a proxy that is `http`. Send it with `fetch(url, { method: \
             \"POST\", body: JSON.stringify({ urlToRetrieveAuthedRecording }) })`; a template string must keep `%s` as it is.",
        ),
        (
            "Spring",
            "Write the URL into `application.yml` and post it with `RestClient`; do not pass it through `UriComponentsBuilder.encode()` or \
             `String.format`, which turn `%s` into `%25s` or replace it.",
        ),
        (
            "Django, Flask and FastAPI",
            "Post it with `httpx.post(url, json={\"urlToRetrieveAuthedRecording\": …})`. Python's `%` operator and `urllib.parse.quote` both change `%s`: \
             join strings with `+` or an f-string.",
        ),
        (
            "Rails",
            "Post it with `Net::HTTP` or Faraday from a rake task or an initializer. `format` and `%` replace `%s`; `CGI.escape` makes `%25s` of it: use \
             `\"#{base}/retrieve/recording/%s\"`.",
        ),
        (
            "Go",
            "Post it with `http.NewRequest`. `fmt.Sprintf` takes `%s` for its own: write `base + \"/retrieve/recording/%s\"`; `url.URL.String()` escapes it.",
        ),
        (
            "S3, GCS and CloudFront",
            "Object storage cannot be the registered endpoint: it must answer JSON for each call. Register your application, and let its JSON name the \
             presigned URL.",
        ),
    ],
};

pub(super) static CALLS: Topic = Topic {
    name: "Telling HubSpot of a call",
    aim: "Create the call, keep the id that comes back, associate that id with the record, store the recording, and only then send ready with the same id.",
    stacks: &[
        ("nginx", "nginx has no part in this: your application sends these requests to HubSpot itself."),
        (
            "Express",
            "With `@hubspot/api-client`: `client.crm.objects.calls.basicApi.create({ properties })`, `await` its `id`, then associate, then `ready` with \
             `Number(id)`. Values of properties are strings; `engagementId` is a number.",
        ),
        (
            "Spring",
            "Send the steps one after another with `RestClient`, each with the id from the first. Model `engagementId` as `long`, not as `String`, so that \
             Jackson writes a number, and properties as `Map<String, String>`.",
        ),
        (
            "Django, Flask and FastAPI",
            "With `hubspot-api-client`: `client.crm.objects.calls.basic_api.create(…)`, then the association, then `requests.post(…/recordings/ready, \
             json={\"engagementId\": int(call.id)})`. Run them in one Celery task, so that their order holds.",
        ),
        (
            "Rails",
            "Do the steps in one Active Job, in order. `{ engagementId: call_id.to_i }.to_json` writes a number; `Time.now.utc.iso8601(3)` is a time that \
             HubSpot reads.",
        ),
        (
            "Go",
            "Give `engagementId` the type `int64` in the struct and properties the type `map[string]string`; `time.Now().UTC().Format(time.RFC3339)` is a \
             time that HubSpot reads. Check each answer before the next step.",
        ),
        (
            "S3, GCS and CloudFront",
            "Send `ready` after the upload has ended (the event `s3:ObjectCreated:*`, or `finalize` in GCS), not when it begins: HubSpot fetches the \
             recording at once.",
        ),
    ],
};

pub(super) static ENDPOINT: Topic = Topic {
    name: "The endpoint that hands out the URL",
    aim: "Answer GET at once with 200, Content-Type: application/json and {\"authenticatedUrl\": \"https://…\"}, to anyone who asks with the right id, account and app.",
    stacks: &[
        (
            "nginx",
            "Only pass the request on: `location /retrieve/recording/ { proxy_pass http://app; }`. No `auth_basic`, no `limit_req` so low that a player meets \
             it, no `return 302`; `merge_slashes off` where ids may hold a slash.",
        ),
        (
            "Express",
            "`app.get(\"/retrieve/recording/:externalId\", (req, res) => res.json({ authenticatedUrl }))`. `req.params` is decoded once already: do not call \
             `decodeURIComponent` again; read `req.query` by name.",
        ),
        (
            "Spring",
            "`@GetMapping(\"/retrieve/recording/{externalId}\")` that returns `Map.of(\"authenticatedUrl\", url)`; `permitAll()` for the path in Spring \
             Security, since HubSpot sends no credentials; `setAllowUrlEncodedPercent` and `…Slash` in its firewall for unusual ids.",
        ),
        (
            "Django, Flask and FastAPI",
            "`JsonResponse({\"authenticatedUrl\": url})`, `jsonify(authenticatedUrl=url)`, or a dict in FastAPI. Leave `login_required` and session checks \
             off this path; take `<path:external_id>` (FastAPI: `{external_id:path}`) where ids may hold a slash.",
        ),
        (
            "Rails",
            "`render json: { authenticatedUrl: url }` in an `ActionController::API`, `skip_before_action :authenticate_user!`, and `constraints: { id: \
             /[^\\/]+/ }` in the route, or a dot in the id is taken for a format.",
        ),
        (
            "Go",
            "`json.NewEncoder(w).Encode(map[string]string{\"authenticatedUrl\": url})` after `w.Header().Set(\"Content-Type\", \"application/json\")`; \
             `r.PathValue(\"id\")` is decoded, `r.URL.Query()` knows no order.",
        ),
        (
            "S3, GCS and CloudFront",
            "Make the presigned URL in your application when the endpoint is asked (`getSignedUrl`, `generate_presigned_url`, `bucket.SignedURL`), and put it \
             into the JSON. A bucket or a CDN alone cannot answer.",
        ),
    ],
};

pub(super) static WEATHER: Topic = Topic {
    name: "When HubSpot throttles, fails or is slow",
    aim: "Put each request into a queue; on 429, 5xx and cut connections wait and send the same request again; never create what was created already.",
    stacks: &[
        ("nginx", "nginx has no part in this: the requests go from your application to HubSpot."),
        (
            "Express",
            "`new Client({ numberOfApiCallRetries: 3 })` of `@hubspot/api-client` retries 429 and 5xx; for requests of your own use `p-retry` with growing \
             waits. Keep unfinished steps in a queue (BullMQ), not in memory.",
        ),
        (
            "Spring",
            "`@Retryable(maxAttempts = 5, backoff = @Backoff(delay = 1000, multiplier = 2))`, or Resilience4j `Retry` and `RateLimiter` around the client; a \
             read time-out of 30 s or more.",
        ),
        (
            "Django, Flask and FastAPI",
            "`tenacity` around the call, or Celery's `autoretry_for` with `retry_backoff=True`; `urllib3.Retry(status_forcelist=[429, 500, 502, 503, 504], \
             allowed_methods=None)` for `requests`, which leaves POST alone by default.",
        ),
        (
            "Rails",
            "`retry_on Faraday::Error, wait: :polynomially_longer, attempts: 10` in the job; `faraday-retry` with `methods: []` and a `retry_if` that lets POST \
             through on 429 and 503.",
        ),
        (
            "Go",
            "A loop of your own with growing waits (`cenkalti/backoff`) that sends a fresh body each time (`req.GetBody`); `http.Client{Timeout: 30 * \
             time.Second}`; `golang.org/x/time/rate` against bursts.",
        ),
        (
            "S3, GCS and CloudFront",
            "Where a bucket's event starts the work, let it go through a queue (SQS, Pub/Sub) with redelivery, and remember which call id belongs to which \
             object, so that a second delivery creates no second call.",
        ),
    ],
};
