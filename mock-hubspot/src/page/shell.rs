//! The frame around every view: head, navigation, the place where news is spoken.

use super::HOME;
use maud::{DOCTYPE, Markup, html};

/// The views, as the navigation shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    Calls,
    Records,
    Journal,
    Settings,
    Weather,
}

impl View {
    const ALL: [Self; 5] = [Self::Calls, Self::Records, Self::Journal, Self::Settings, Self::Weather];

    const fn name(self) -> &'static str {
        match self {
            Self::Calls => "Calls",
            Self::Records => "Records",
            Self::Journal => "Journal",
            Self::Settings => "Settings",
            Self::Weather => "Weather",
        }
    }

    fn path(self) -> String {
        match self {
            Self::Calls => HOME.to_owned(),
            _ => format!("{HOME}/{}", self.name().to_lowercase()),
        }
    }
}

/// One whole page.
pub(super) fn page(view: Option<View>, title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · mock-hubspot" }
                link rel="icon" type="image/svg+xml" href="/_mock/ui/icon.svg";
                link rel="stylesheet" href="/_mock/ui/style.css";
                script src="/_mock/ui/script.js" defer {}
            }
            body {
                a.skip href="#main" { "Skip to content" }
                header.top {
                    div.frame {
                        a.brand href=(HOME) { img src="/_mock/ui/icon.svg" alt="" width="22" height="22"; "mock-hubspot" }
                        nav aria-label="Views" {
                            ul {
                                @for v in View::ALL {
                                    li { a href=(v.path()) aria-current=[(Some(v) == view).then_some("page")] { (v.name()) } }
                                }
                            }
                        }
                        span.live id="live" data-state="off" { span.dot aria-hidden="true" {} span.word { "not live" } }
                    }
                }
                main.frame id="main" tabindex="-1" { (content) }
                footer.frame {
                    span { "mock-hubspot " (env!("CARGO_PKG_VERSION")) }
                    a href="/_mock/openapi.json" { "OpenAPI of /_mock" }
                }
                p.unseen id="news" role="status" {}
            }
        }
    }
}

/// What is not there.
pub(super) fn missing(what: &str) -> Markup {
    let title = format!("No such {what}");
    page(
        None,
        &title,
        &html! {
            h1 { (title) }
            p { "It may have been forgotten by a reset. " a href=(HOME) { "All calls" } }
        },
    )
}
