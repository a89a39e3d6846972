//! Which clause has which check, or why none. Pure.

use crate::catalogue;
use crate::clauses::{Clause, guide, hubspot, players, rfc9110, rfc9112, rfc9113};

/// Where clauses come from, and what they say.
pub fn sources() -> [(&'static str, &'static [&'static Clause]); 6] {
    [
        ("HubSpot's integration guide", guide::ALL),
        ("HubSpot's API, as documented and observed", hubspot::ALL),
        ("RFC 9110, HTTP semantics", rfc9110::ALL),
        ("RFC 9112, HTTP/1.1 on the wire", rfc9112::ALL),
        ("RFC 9113, HTTP/2", rfc9113::ALL),
        ("what browsers need", players::ALL),
    ]
}

/// What covers a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cover {
    /// These checks.
    Checks(Vec<&'static str>),
    /// None, for a reason.
    Untestable(&'static str),
    /// Neither a check nor a reason.
    Nothing,
}

/// What covers this clause. A reason beside a check would be no reason: the check counts.
pub fn of(clause: &Clause) -> Cover {
    let checks: Vec<_> = catalogue::all()
        .filter(|check| check.clauses.iter().any(|cited| **cited == *clause))
        .map(|check| check.id)
        .collect();
    match clause.untestable {
        _ if !checks.is_empty() => Cover::Checks(checks),
        Some(reason) => Cover::Untestable(reason),
        None => Cover::Nothing,
    }
}

/// The clauses that nothing covers.
pub fn gaps() -> Vec<&'static Clause> {
    sources()
        .into_iter()
        .flat_map(|(_, clauses)| clauses)
        .copied()
        .filter(|clause| of(clause) == Cover::Nothing)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Clause, Cover, catalogue, gaps, of, sources};
    use crate::clauses::guide;

    #[test]
    fn every_clause_has_a_check_or_a_reason() {
        assert_eq!(gaps(), Vec::<&Clause>::new());
    }

    #[test]
    fn a_clause_that_no_check_cites_is_a_gap_unless_it_says_why() {
        let clause = Clause { name: "nowhere", text: "nothing", untestable: None };
        assert_eq!(of(&clause), Cover::Nothing);
        assert_eq!(of(&Clause { untestable: Some("because"), ..clause }), Cover::Untestable("because"));
        assert!(matches!(of(&guide::OCTET_STREAM), Cover::Checks(checks) if checks.len() > 1));
    }

    #[test]
    fn no_clause_stands_twice_and_none_is_cited_that_stands_nowhere() {
        let all: Vec<_> = sources().into_iter().flat_map(|(_, clauses)| clauses).collect();
        for (place, clause) in all.iter().enumerate() {
            assert!(!all[place + 1..].contains(clause), "{clause:?}");
        }
        for check in catalogue::all() {
            for clause in check.clauses {
                assert!(all.contains(&clause), "{}: no source has {clause:?}", check.id);
            }
        }
    }
}
