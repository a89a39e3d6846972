//! The owners of a portal.

use super::paging::Window;
use super::{Answer, Asked};
use crate::portal::OwnerSetup;
use crate::refusal::Refusal;
use crate::wire::Owner;

const MADE: &str = "2023-01-02T03:04:05Z";

fn view(owner: OwnerSetup, archived: bool) -> Owner {
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
        archived,
    }
}

pub(super) fn list(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let window = Window::of(asked, 100, 500)?;
    let email = asked.query.first("email").filter(|e| !e.is_empty());
    let archived = asked.query.flag("archived");
    let mut owners = all(asked, archived);
    owners.retain(|o| email.is_none_or(|email| o.email.eq_ignore_ascii_case(email)));
    Ok(Answer::ok(&window.slice(asked, owners.into_iter().map(|o| view(o, archived)).collect())))
}

/// The owners who are there, or those who left.
fn all(asked: &Asked<'_>, archived: bool) -> Vec<OwnerSetup> {
    if archived { asked.portal.archived_owners().to_vec() } else { asked.portal.owners() }
}

pub(super) fn read(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let id: u64 = asked.param("ownerId").parse().map_err(|_| Refusal::bad_path_parameter("ownerId"))?;
    let by_user = match asked.query.first("idProperty") {
        None | Some("") => false,
        Some(name) if name.eq_ignore_ascii_case("id") => false,
        Some(name) if name.eq_ignore_ascii_case("userId") => true,
        Some(_) => return Err(Refusal::bad_query_parameter("idProperty")),
    };
    let archived = asked.query.flag("archived");
    let mut owners = all(asked, archived).into_iter();
    let owner = owners.find(|o| if by_user { o.user_id == id } else { o.id == id });
    owner.map(|o| Answer::ok(&view(o, archived))).ok_or_else(Refusal::not_found)
}
