//! Association labels that the portal's users made: one id for both directions, or a pair of ids.

use super::kept::Row;
use super::{Link, Portal};
use crate::wire::{Category, ObjectType};
use serde::{Deserialize, Serialize};

/// One direction of a label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Label {
    pub(crate) from: ObjectType,
    pub(crate) to: ObjectType,
    pub(crate) type_id: u32,
    pub(crate) mirror: u32,
    pub(crate) name: String,
    /// What users see.
    pub(crate) text: String,
}

/// The first label's type id.
const FIRST: u32 = 37;

#[derive(Default)]
pub(super) struct Labels {
    defined: Vec<Label>,
    pub(super) made: u32,
}

impl Labels {
    pub(super) fn defined(&self) -> &[Label] {
        &self.defined
    }

    pub(super) fn set(&mut self, defined: Vec<Label>) {
        self.defined = defined;
    }

    fn find(&self, from: ObjectType, to: ObjectType, type_id: u32) -> Option<&Label> {
        self.defined.iter().find(|l| l.from == from && l.to == to && l.type_id == type_id)
    }

    /// The same link seen from the other end.
    pub(super) fn mirror(&self, from: ObjectType, to: ObjectType, link: Link) -> Link {
        match self.find(from, to, link.type_id).filter(|_| link.category == Category::UserDefined) {
            Some(label) => Link { type_id: label.mirror, ..link },
            None => link.mirror(),
        }
    }

    fn number(&mut self) -> u32 {
        self.made += 1;
        FIRST + self.made - 1
    }

    fn define(
        &mut self,
        from: ObjectType,
        to: ObjectType,
        name: &str,
        labels: (&str, Option<&str>),
    ) -> Vec<Label> {
        let (label, inverse) = labels;
        let type_id = self.number();
        let mirror = inverse.map_or(type_id, |_| self.number());
        let one = Label { from, to, type_id, mirror, name: name.to_owned(), text: label.to_owned() };
        let other = Label {
            from: to,
            to: from,
            type_id: mirror,
            mirror: type_id,
            text: inverse.unwrap_or(label).to_owned(),
            name: name.to_owned(),
        };
        let mut made = vec![one];
        if from != to || mirror != type_id {
            made.push(other);
        }
        self.defined.extend(made.iter().cloned());
        made
    }
}

impl Portal {
    /// The labels of one direction.
    pub(crate) fn labels(&self, from: ObjectType, to: ObjectType) -> Vec<Label> {
        let state = self.state();
        state.labels.defined.iter().filter(|l| l.from == from && l.to == to).cloned().collect()
    }

    pub(crate) fn label(&self, from: ObjectType, to: ObjectType, type_id: u32) -> Option<Label> {
        self.state().labels.find(from, to, type_id).cloned()
    }

    /// The labels with that id from that type, whatever they lead to.
    pub(crate) fn label_from(&self, from: ObjectType, type_id: u32) -> Option<Label> {
        let state = self.state();
        state.labels.defined.iter().find(|l| l.from == from && l.type_id == type_id).cloned()
    }

    /// Makes a label; the inverse, where there is one, has an id of its own.
    pub(crate) fn define_label(
        &self,
        from: ObjectType,
        to: ObjectType,
        name: &str,
        labels: (&str, Option<&str>),
    ) -> Vec<Label> {
        let mut state = self.state();
        state.touch(|| Row::Labels);
        state.touch(|| Row::Counters);
        state.labels.define(from, to, name, labels)
    }

    /// Renames a label and, where it is given, its inverse; says whether there was one.
    pub(crate) fn rename_label(
        &self,
        from: ObjectType,
        to: ObjectType,
        type_id: u32,
        labels: (&str, Option<&str>),
    ) -> bool {
        let mut state = self.state();
        state.touch(|| Row::Labels);
        let defined = &mut state.labels.defined;
        let mut renamed = false;
        let mut mirror = None;
        for label in defined.iter_mut().filter(|l| l.from == from && l.to == to && l.type_id == type_id) {
            labels.0.clone_into(&mut label.text);
            mirror = Some(label.mirror);
            renamed = true;
        }
        let inverse = labels.1.or((mirror == Some(type_id)).then_some(labels.0));
        if let Some(inverse) = inverse {
            for label in
                defined.iter_mut().filter(|l| l.from == to && l.to == from && Some(l.type_id) == mirror)
            {
                inverse.clone_into(&mut label.text);
            }
        }
        renamed
    }

    /// Removes a label, its inverse, and every link that has it; says whether there was one.
    pub(crate) fn remove_label(&self, from: ObjectType, to: ObjectType, type_id: u32) -> bool {
        let mut state = self.state();
        let Some(label) = state.labels.find(from, to, type_id).cloned() else { return false };
        state.touch(|| Row::Labels);
        state.labels.defined.retain(|l| {
            !((l.from == from && l.to == to && l.type_id == type_id)
                || (l.from == to && l.to == from && l.type_id == label.mirror))
        });
        for (from, to, type_id) in [(from, to, type_id), (to, from, label.mirror)] {
            state.drop_links(from, to, Link { category: Category::UserDefined, type_id });
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ObjectType::{Calls, Contacts};

    #[test]
    fn a_label_with_an_inverse_has_two_ids_and_one_without_has_one() {
        let mut labels = Labels::default();
        let pair = labels.define(Calls, Contacts, "agent", ("Agent", Some("Handled")));
        assert_eq!(pair.iter().map(|l| l.type_id).collect::<Vec<_>>(), [37, 38]);
        let same = labels.define(Calls, Contacts, "witness", ("Witness", None));
        assert_eq!(same.iter().map(|l| l.type_id).collect::<Vec<_>>(), [39, 39]);
        let link = |type_id| Link { category: Category::UserDefined, type_id };
        assert_eq!(labels.mirror(Calls, Contacts, link(37)), link(38));
        assert_eq!(labels.mirror(Contacts, Calls, link(38)), link(37));
        assert_eq!(labels.mirror(Contacts, Calls, link(39)), link(39));
    }
}
