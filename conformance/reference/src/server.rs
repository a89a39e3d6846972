//! The routes, the registration at the start, and what all requests share.

use std::{
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
    routing::{get, post},
    serve::ListenerExt as _,
};
use serde::{Deserialize, Deserializer};
use serde_json::json;
use tokio::net::TcpListener;

use crate::{
    answer::Answer,
    config::Config,
    endpoint, flow,
    flow::{ApiVersion, Call, Direction},
    hubspot::{Credential, HubSpot, Request},
    library::{Library, Source},
    recording, sabotage, secure,
    signing::Signer,
    variant,
};

/// How long open downloads may still run once the process is told to stop.
const FAREWELL: Duration = Duration::from_secs(1);
/// Where HubSpot asks for authenticated URLs.
const ENDPOINT: &str = "/retrieve/recording";
/// Where it asks after the registration was moved. The old address goes on working: HubSpot may know it for a while.
const MOVED_ENDPOINT: &str = "/v2/retrieve/recording";

/// What all requests share.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) public_url: String,
    /// Where recordings are served: here, unless a variant or a lie chose another place.
    pub(crate) recordings_url: String,
    pub(crate) hubspot: HubSpot,
    pub(crate) library: Library,
    pub(crate) signer: Signer,
    pub(crate) tally: sabotage::Tally,
    registration_attempted: AtomicBool,
}

/// Serves on this listener until `shutdown` is over.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    let public_url = match &config.public_url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => format!("http://127.0.0.1:{}", address.port()),
    };
    let elsewhere = variant::delivery::another_port(config.variant).await?;
    let wire = sabotage::wire::listen(config.lie)?;
    let secure = match &config.tls {
        Some(files) => Some((TcpListener::bind(("127.0.0.1", 0)).await?, secure::acceptor(files)?)),
        None => None,
    };
    let recordings_url = match wire.as_ref().or(elsewhere.as_ref()) {
        Some(listener) => format!("http://{}", listener.local_addr()?),
        None => match &secure {
            Some((listener, _)) => format!("https://{}", listener.local_addr()?),
            None => public_url.clone(),
        },
    };
    let app = Arc::new(App {
        public_url,
        recordings_url,
        hubspot: HubSpot::new(&config).map_err(io::Error::other)?,
        library: Library::new(sabotage::delivery::is_nameless(config.lie)),
        signer: Signer::new().map_err(|_| io::Error::other("no random numbers to sign with"))?,
        tally: sabotage::Tally::default(),
        registration_attempted: AtomicBool::new(false),
        config,
    });
    tokio::spawn(start(Arc::clone(&app)));
    if let Some(listener) = elsewhere {
        let routes = routes(Arc::clone(&app));
        tokio::spawn(async move { axum::serve(listener, routes).await });
    }
    if let Some((listener, acceptor)) = secure {
        tokio::spawn(secure::serve(listener, acceptor, routes(Arc::clone(&app))));
    }
    if let Some(wire) = wire {
        tokio::spawn(sabotage::wire::serve(wire, Arc::clone(&app)));
    }
    if app.config.variant == Some(variant::Choice::TitleCaseNames) {
        tokio::select! {
            served = variant::delivery::serve_in_title_case(listener, routes(app)) => return served,
            () = shutdown => return Ok(()),
        }
    }

    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let shutdown = async move {
        shutdown.await;
        let _ = stopping.send(());
    };
    // Small answers must not wait for one another.
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    tokio::select! {
        served = async { axum::serve(listener, routes(app)).with_graceful_shutdown(shutdown).await } => served,
        () = async {
            if stopped.await.is_ok() {
                tokio::time::sleep(FAREWELL).await;
            } else {
                std::future::pending::<()>().await;
            }
        } => Ok(()),
    }
}

fn routes(app: Arc<App>) -> Router {
    let asked = get(|app: State<Arc<App>>, uri: Uri, headers: HeaderMap| async move {
        endpoint::answer(&app, &uri, &headers, ENDPOINT).await
    });
    let asked_after_move = get(|app: State<Arc<App>>, uri: Uri, headers: HeaderMap| async move {
        endpoint::answer(&app, &uri, &headers, MOVED_ENDPOINT).await
    });
    let fetched =
        get(|app: State<Arc<App>>, version, method: Method, uri: Uri, headers: HeaderMap| async move {
            sabotage::delivery::delay(&app, &uri, &headers).await;
            let answer = recording::answer(&app, &method, &uri, &headers);
            sabotage::wire::spoil_http2(app.config.lie, version, answer)
        });
    // Nothing that a player asks needs a preflight, so none is answered.
    let fetched = fetched.options(|app: State<Arc<App>>| async move { preflight(&app) });
    let choice = app.config.variant;
    Router::new()
        .route("/healthz", get(healthz))
        .route("/simulate-call", post(simulate_call))
        .route("/move-registration", post(move_registration))
        .route(ENDPOINT, asked.clone())
        .route(&format!("{ENDPOINT}/{{*external_id}}"), asked)
        .route(&format!("{MOVED_ENDPOINT}/{{*external_id}}"), asked_after_move)
        .route("/recordings/{key}", fetched)
        .layer(axum::middleware::map_response(move |answer| {
            std::future::ready(variant::talkative::of_answers(choice, answer))
        }))
        .with_state(app)
}

impl App {
    /// Tells HubSpot where to ask (guide §2): POST to register, PATCH to move.
    fn registration(&self, method: Method, endpoint: &str) -> Request {
        Request {
            method,
            path: format!("/crm/v3/extensions/calling/{}/settings/recording", self.config.app_id),
            credential: Credential::DeveloperKey,
            body: Some(
                json!({ "urlToRetrieveAuthedRecording": format!("{}{endpoint}/%s", self.public_url) }),
            ),
        }
    }

    /// Registers the endpoint. Without it calls can be logged all the same, so a failure is told and no more.
    pub(crate) async fn register(&self) {
        let request = self.registration(Method::POST, ENDPOINT);
        let Some(request) = sabotage::settings::spoil_registration(self, request) else { return };
        match self.hubspot.send(&request).await {
            Ok(_) => tracing::info!("the recording endpoint is registered"),
            Err(error) => tracing::error!("the recording endpoint is not registered: {error}"),
        }
    }
}

/// Fetch safelists single ranges: whoever asks for leave asks for something that is not served here.
fn preflight(app: &App) -> Answer {
    if sabotage::delivery::refuses_preflight(app) {
        return Answer::refusal(StatusCode::UNAUTHORIZED, "sign in first");
    }
    Answer::refusal(StatusCode::METHOD_NOT_ALLOWED, "GET and HEAD only")
}

async fn start(app: Arc<App>) {
    variant::talkative::log(app.config.variant);
    if sabotage::settings::registers_at_start(app.config.lie) {
        for _ in 0..variant::story::registrations(app.config.variant) {
            app.register().await;
        }
    }
    app.registration_attempted.store(true, Ordering::Release);
}

async fn healthz(State(app): State<Arc<App>>) -> Answer {
    if app.registration_attempted.load(Ordering::Acquire) {
        Answer::text(StatusCode::OK, "text/plain", "ok\n")
    } else {
        Answer::text(StatusCode::SERVICE_UNAVAILABLE, "text/plain", "registering\n")
    }
}

async fn move_registration(State(app): State<Arc<App>>) -> Answer {
    let request = app.registration(variant::story::moves_by(app.config.variant), MOVED_ENDPOINT);
    match app.hubspot.send(&request).await {
        Ok(_) => {
            let url = format!("{}{MOVED_ENDPOINT}/%s", app.public_url);
            Answer::json(StatusCode::OK, &json!({ "url": url }))
        }
        Err(error) => Answer::refusal(StatusCode::BAD_GATEWAY, &error.to_string()),
    }
}

/// The end of a call, as a telephone system would report it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FinishedCall {
    external_id: String,
    external_account_id: String,
    #[serde(deserialize_with = "text_or_number")]
    contact_id: String,
    #[serde(deserialize_with = "text_or_number")]
    owner_id: String,
    recording: PathBuf,
    #[serde(deserialize_with = "text_or_number")]
    duration_ms: String,
    direction: Direction,
    from_number: String,
    to_number: String,
    #[serde(default)]
    api_version: ApiVersion,
}

fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Text(String),
        Number(u64),
    }
    Ok(match Either::deserialize(deserializer)? {
        Either::Text(text) => text,
        Either::Number(number) => number.to_string(),
    })
}

async fn simulate_call(State(app): State<Arc<App>>, body: Bytes) -> Answer {
    let finished: FinishedCall = match serde_json::from_slice(&body) {
        Ok(finished) => finished,
        Err(error) => return Answer::refusal(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let Ok(duration_ms) = finished.duration_ms.parse() else {
        return Answer::refusal(StatusCode::BAD_REQUEST, "durationMs is not a whole number");
    };
    let under_way = app.tally.begin_call();
    if sabotage::resilience::drops_call(app.config.lie, &under_way) {
        return Answer::json(StatusCode::OK, &json!({ "callId": null }));
    }
    let call = Call {
        external_id: finished.external_id,
        account_id: finished.external_account_id,
        contact_id: finished.contact_id,
        owner_id: finished.owner_id,
        duration_ms,
        direction: finished.direction,
        from: finished.from_number,
        to: finished.to_number,
        version: finished.api_version,
    };
    let call = variant::story::shape_call(&app, call);
    // The recording can be asked for before HubSpot hears of it.
    let honest = Source::File(finished.recording);
    let duration = Duration::from_millis(duration_ms);
    let kept = sabotage::media::spoil(app.config.lie, &app.tally, call.direction, honest)
        .and_then(|source| variant::media::shape(app.config.variant, source))
        .and_then(|source| app.library.keep(&call.external_id, &call.account_id, duration, source))
        .and_then(|recording| sabotage::authenticated_url::prepare(&app, &recording));
    if let Err(error) = kept {
        return Answer::refusal(StatusCode::BAD_REQUEST, &format!("the recording cannot be read: {error}"));
    }
    // What was begun is brought to its end, even where nobody waits for it any more.
    let story = tokio::spawn(async move {
        let told = flow::tell(&app, &call).await;
        drop(under_way);
        told
    });
    match story.await {
        Ok(Ok(call_id)) => Answer::json(StatusCode::OK, &json!({ "callId": call_id })),
        Ok(Err(error)) => Answer::refusal(StatusCode::BAD_GATEWAY, &error.to_string()),
        Err(error) => Answer::refusal(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}
