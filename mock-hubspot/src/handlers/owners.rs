//! The owners of a portal.

use super::paging::Window;
use super::{Answer, Asked};
use crate::portal::OwnerSetup;
use crate::refusal::Refusal;
use crate::wire::Owner;

const MADE: &str = "2023-01-02T03:04:05Z";

fn view(owner: OwnerSetup) -> Owner {
    Owner {
        id: owner.id.to_string(),
        kind: "PERSON".into(),
        email: owner.email,
        first_name: owner.first_name,
        last_name: owner.last_name,
        user_id: owner.user_id,
        user_id_including_inactive: owner.user_id,
        created_at: MADE.into(),
        updated_at: MADE.into(),
        archived: false,
    }
}

pub(super) fn list(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let window = Window::of(asked, 100, 500)?;
    let email = asked.query.first("email").filter(|e| !e.is_empty());
    let mut owners = asked.portal.owners();
    owners.retain(|o| email.is_none_or(|email| o.email.eq_ignore_ascii_case(email)));
    if asked.query.flag("archived") {
        owners.clear();
    }
    Ok(Answer::ok(&window.slice(asked, owners.into_iter().map(view).collect())))
}

pub(super) fn read(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let id = asked.param("ownerId").parse().map_err(|_| Refusal::bad_path_parameter("ownerId"))?;
    let by_user = asked.query.first("idProperty").is_some_and(|p| p.eq_ignore_ascii_case("userId"));
    let owner = if by_user { asked.portal.owner_of_user(id) } else { asked.portal.owner(id) };
    owner.map(|o| Answer::ok(&view(o))).ok_or_else(Refusal::not_found)
}
