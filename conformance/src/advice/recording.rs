//! Topics of how the recording is served, and of what is in it.

use super::Topic;

pub(super) static SIGNED_URLS: Topic = Topic {
    name: "URLs that only their holder can use",
    aim: "Sign the path and an expiry with a secret, check both on every request, and let the URL live an hour: a player comes back to it after each pause.",
    stacks: &[
        (
            "nginx",
            "`secure_link $arg_md5,$arg_expires; secure_link_md5 \"$secure_link_expires$uri secret\";` and `if ($secure_link = \"\") { return 403; }`, or \
             `auth_request` to your application.",
        ),
        (
            "Express",
            "`crypto.createHmac(\"sha256\", secret).update(path + expires)`, compared with `crypto.timingSafeEqual` in a middleware before `express.static`. \
             Look the recording up by id *and* account.",
        ),
        (
            "Spring",
            "Compute an HMAC with `Mac.getInstance(\"HmacSHA256\")` and compare with `MessageDigest.isEqual` in a filter; query by id and account together \
             (`findByExternalIdAndAccountId`).",
        ),
        (
            "Django, Flask and FastAPI",
            "`django.core.signing.TimestampSigner`, or `itsdangerous.URLSafeTimedSerializer` in Flask and FastAPI; `filter(external_id=…, \
             account_id=…)`, never the id alone.",
        ),
        (
            "Rails",
            "`ActiveSupport::MessageVerifier` with `expires_in: 1.hour`, or `blob.url(expires_in: 1.hour)` of Active Storage; `account.recordings.find_by!`, \
             never `Recording.find_by!`.",
        ),
        (
            "Go",
            "`hmac.New(sha256.New, secret)` over path and expiry, compared with `hmac.Equal`; answer 403 before the file is opened, and select `WHERE \
             external_id = ? AND account_id = ?`.",
        ),
        (
            "S3, GCS and CloudFront",
            "Presign GET for an hour (`ExpiresIn=3600`) without `Range` among the signed headers, keep the bucket private, and let CloudFront use signed URLs \
             and an origin access control.",
        ),
    ],
};

pub(super) static DELIVERY: Topic = Topic {
    name: "Delivering the whole recording",
    aim: "Answer a plain GET of the URL with 200 and all bytes, to every client, without cookies, in at most one or two redirects.",
    stacks: &[
        (
            "nginx",
            "Serve the file itself (`alias /recordings/;` or `X-Accel-Redirect`), with `proxy_buffering` on and `proxy_read_timeout` long enough for the \
             largest recording; no `valid_referers`, no rule on the user agent.",
        ),
        (
            "Express",
            "`res.sendFile(path)` or `express.static`: both set Content-Length. Do not read the file into a buffer, and end no stream early: `pipeline(stream, \
             res)` closes it in order.",
        ),
        (
            "Spring",
            "Return a `FileSystemResource` as the body: Spring writes it with its length. `StreamingResponseBody` sets none; raise \
             `spring.mvc.async.request-timeout` where you need it.",
        ),
        (
            "Django, Flask and FastAPI",
            "`send_file`, `FileResponse`: both stream and set the length. Behind gunicorn raise `--timeout`, or a large file is cut when its worker is ended.",
        ),
        (
            "Rails",
            "`send_file path` with `X-Sendfile` or `X-Accel-Redirect` set up (`config.action_dispatch.x_sendfile_header`); `Rack::ETag` and buffering in front \
             of it read the whole file first.",
        ),
        (
            "Go",
            "`http.ServeContent(w, r, name, modified, file)` with an `*os.File`; set no `WriteTimeout` shorter than the slowest listener needs.",
        ),
        (
            "S3, GCS and CloudFront",
            "Redirect once, with 302, to the presigned URL, or hand it out directly. API Gateway cuts answers at 10 MB and Lambda at 6 MB: never send \
             recordings through them.",
        ),
    ],
};

pub(super) static CONTENT_TYPE: Topic = Topic {
    name: "Content-Type: application/octet-stream",
    aim: "Send `Content-Type: application/octet-stream` on 200 and on 206 alike.",
    stacks: &[
        ("nginx", "`types {} default_type application/octet-stream;` in the location of the recordings."),
        (
            "Express",
            "`express.static(folder, { setHeaders: (res) => res.setHeader(\"Content-Type\", \"application/octet-stream\") })`; `res.type()` before \
             `sendFile`.",
        ),
        ("Spring", "`ResponseEntity.ok().contentType(MediaType.APPLICATION_OCTET_STREAM).body(resource)`."),
        (
            "Django, Flask and FastAPI",
            "`FileResponse(file, content_type=\"application/octet-stream\")`, `send_file(path, mimetype=\"application/octet-stream\")`, \
             `FileResponse(path, media_type=\"application/octet-stream\")`.",
        ),
        (
            "Rails",
            "`send_file path, type: \"application/octet-stream\"`; for Active Storage set `content_type` on the blob.",
        ),
        (
            "Go",
            "`w.Header().Set(\"Content-Type\", \"application/octet-stream\")` before `http.ServeContent`, which otherwise guesses it from the first bytes.",
        ),
        (
            "S3, GCS and CloudFront",
            "Set `ContentType` when the object is uploaded (the default of S3 is `binary/octet-stream`), or presign with \
             `ResponseContentType`; in GCS `response-content-type`. CloudFront passes it on.",
        ),
    ],
};

pub(super) static COMPRESSION: Topic = Topic {
    name: "No compression of recordings",
    aim: "Send recordings as they are stored, without Content-Encoding: a range counts the bytes that are sent, and players count the bytes of the file.",
    stacks: &[
        (
            "nginx",
            "`gzip off;` in the location, or keep `application/octet-stream` and `audio/*` out of `gzip_types` (never `gzip_types *`).",
        ),
        (
            "Express",
            "Mount `compression()` after the recordings, or give it a `filter` that refuses `application/octet-stream`; \
             `Cache-Control: no-transform` makes it stay away as well.",
        ),
        (
            "Spring",
            "Keep the type out of `server.compression.mime-types`, and set no `EncodedResourceResolver` on the recordings.",
        ),
        (
            "Django, Flask and FastAPI",
            "Take `GZipMiddleware` (Django, Starlette) or Flask-Compress off these paths: it may compress a 206 and leave Content-Range as it was.",
        ),
        (
            "Rails",
            "`config.middleware.use Rack::Deflater, if: ->(env, *) { !env[\"PATH_INFO\"].start_with?(\"/recordings\") }`.",
        ),
        (
            "Go",
            "Do not wrap the handler in a gzip middleware (`gziphandler`, `middleware.Compress` of chi names its types).",
        ),
        (
            "S3, GCS and CloudFront",
            "Upload without `Content-Encoding`; in GCS no `cp -Z`, whose decompression on the fly ignores Range; in CloudFront turn \"compress objects \
             automatically\" off for the path.",
        ),
    ],
};

pub(super) static EMBEDDING: Topic = Topic {
    name: "Playing on HubSpot's page",
    aim: "HubSpot's page has another origin than yours: forbid nothing that a page of another origin needs to play audio.",
    stacks: &[
        (
            "nginx",
            "Remove `add_header Cross-Origin-Resource-Policy same-origin`, or set `cross-origin` in the recordings' location (with `always`).",
        ),
        (
            "Express",
            "`helmet({ crossOriginResourcePolicy: { policy: \"cross-origin\" } })`: since version 5 helmet's default is `same-origin`.",
        ),
        (
            "Spring",
            "`headers.crossOriginResourcePolicy(p -> p.policy(CROSS_ORIGIN))` in Spring Security, or leave it unset, which is the default.",
        ),
        (
            "Django, Flask and FastAPI",
            "Look for the header in flask-talisman, secure.py or your own middleware; Django's SecurityMiddleware sends only \
             Cross-Origin-Opener-Policy, which does no harm.",
        ),
        (
            "Rails",
            "Look into `config.action_dispatch.default_headers` and the gem secure_headers, and set `cross-origin` for the recordings.",
        ),
        (
            "Go",
            "Remove the header from the middleware that sets security headers (`unrolled/secure`: `CrossOriginResourcePolicy`).",
        ),
        (
            "S3, GCS and CloudFront",
            "Neither bucket sends it; in CloudFront look into the response headers policy (`SecurityHeadersPolicy` is harmless).",
        ),
    ],
};

pub(super) static RANGES: Topic = Topic {
    name: "Range requests",
    aim: "Leave ranges to the server or the framework: a Range of one part is answered 206 with Content-Range and exactly those bytes, one beyond the end 416.",
    stacks: &[
        (
            "nginx",
            "A file is served with ranges as it is. Behind `proxy_pass` keep `max_ranges` unset, pass `Range` and `If-Range` on (with \
             `proxy_cache` use the slice module), and let no filter (gzip, sub_filter) touch the body.",
        ),
        (
            "Express",
            "`res.sendFile(path)` or `express.static` answer ranges. `fs.createReadStream(path).pipe(res)` does not; if you must, take `req.range(size)` and \
             mind that `end` is inclusive.",
        ),
        (
            "Spring",
            "Return a `Resource` from the controller: Spring MVC answers ranges by itself. `byte[]`, `InputStreamResource` and \
             `StreamingResponseBody` are sent whole.",
        ),
        (
            "Django, Flask and FastAPI",
            "Flask: `send_file(path, conditional=True)`. FastAPI: `FileResponse` of Starlette 0.39 or later. Django's `FileResponse` knows no ranges: \
             use django-ranged-response, or let nginx serve the file (`X-Accel-Redirect`).",
        ),
        (
            "Rails",
            "`send_file` leaves ranges to the server in front (`X-Accel-Redirect`), Active Storage's proxy controller answers them itself \
             (`rails_storage_proxy_path`), `send_data` never does.",
        ),
        (
            "Go",
            "`http.ServeContent(w, r, \"\", modified, file)` with an `io.ReadSeeker` answers them; `io.Copy(w, file)` and `w.Write` do not.",
        ),
        (
            "S3, GCS and CloudFront",
            "All three answer ranges on a presigned URL. Do not put a Lambda, an API Gateway or a proxy of your own between, and do not sign the `Range` \
             header.",
        ),
    ],
};

pub(super) static VALIDATORS: Topic = Topic {
    name: "ETag and Last-Modified",
    aim: "Send an ETag that changes only when the bytes do, the same one on 200 and 206 and from every server, or none at all.",
    stacks: &[
        (
            "nginx",
            "`etag on;` (the default) is made of time and size: the same on all servers when files keep their times (`rsync -t`). A proxied application's ETag \
             passes through unless gzip makes it weak.",
        ),
        (
            "Express",
            "`res.sendFile` makes a weak ETag of size and time and handles If-Range. For a strong one set it yourself, `\"` included, from a hash stored \
             with the recording.",
        ),
        (
            "Spring",
            "Do not put `ShallowEtagHeaderFilter` on recordings: it hashes the part that is sent. Use `.eTag(storedHash).lastModified(…)`.",
        ),
        (
            "Django, Flask and FastAPI",
            "Flask's `send_file(conditional=True)` and Starlette's `FileResponse` do it right. Take Django's `ConditionalGetMiddleware` off: it \
             hashes what is sent.",
        ),
        (
            "Rails",
            "Take `Rack::ETag` away from these paths: it hashes the body of each answer. `fresh_when strong_etag: recording.checksum` is right.",
        ),
        (
            "Go",
            "Set `ETag` yourself (`w.Header().Set(\"ETag\", `\"`+hash+`\"`)`) before `http.ServeContent`, which then answers If-Range by it.",
        ),
        (
            "S3, GCS and CloudFront",
            "Their ETags are strong and stable as long as the object is not uploaded again. Do not re-encode on the fly, and let CloudFront compress nothing: \
             it makes the ETag weak.",
        ),
    ],
};

pub(super) static SOUND: Topic = Topic {
    name: "What is in the recording",
    aim: "Record both legs apart, write them as the two channels of one WAV, FLAC or MP4 (AAC-LC) file, caller first, and close the file before you announce it.",
    stacks: &[
        (
            "nginx",
            "nginx changes nothing in the file; see that it serves the finished file and not one that is still being written.",
        ),
        (
            "Express",
            "Run ffmpeg when the call has ended: `ffmpeg -i caller.wav -i recipient.wav -filter_complex \"[0:a][1:a]join=inputs=2:channel_layout=stereo\" \
             call.wav`, into a file and not into a pipe.",
        ),
        (
            "Spring",
            "Run the same ffmpeg line with `ProcessBuilder`, wait for it, and move the finished file into place (`Files.move` with `ATOMIC_MOVE`) before \
             `ready` is sent.",
        ),
        (
            "Django, Flask and FastAPI",
            "`subprocess.run([\"ffmpeg\", …], check=True)` with `join=inputs=2`, or Python's `wave` with interleaved frames; `setnchannels(2)` alone makes \
             no second channel.",
        ),
        (
            "Rails",
            "A job that runs ffmpeg with `join=inputs=2` and attaches the result; analysers of Active Storage must not replace the file.",
        ),
        (
            "Go",
            "`exec.Command(\"ffmpeg\", …)` with `join=inputs=2`, written to a temporary file that is renamed when `Wait` returns without an error.",
        ),
        (
            "S3, GCS and CloudFront",
            "Ask your telephony provider for both legs apart: `RecordingChannels=dual` at Twilio, `channels: \"dual\"` and `format: \"wav\"` at \
             Telnyx; then upload the file as it is, and announce it when the upload has ended.",
        ),
    ],
};
