//! Worlds whose domain is too young or ends soon, and whose site says nothing about who runs it.

use super::support::{Cure, World, judge};

static WORLDS: &[World] = &[
    World {
        name: "a domain of three days",
        zone: "",
        state: |state| state.registered = Some((3, 362)),
        finds: &["domain_age.young"],
        cure: Cure::Done(|state| state.registered = Some((30, 335))),
    },
    World {
        name: "a domain of today",
        zone: "",
        state: |state| state.registered = Some((0, 365)),
        finds: &["domain_age.young"],
        cure: Cure::Done(|state| state.registered = Some((31, 334))),
    },
    World {
        name: "a domain that ends in a week",
        zone: "",
        state: |state| state.registered = Some((700, 7)),
        finds: &["domain_age.expires"],
        cure: Cure::Done(|state| state.registered = Some((700, 372))),
    },
    World {
        name: "a young domain for a short time",
        zone: "",
        state: |state| state.registered = Some((2, 5)),
        finds: &["domain_age.expires", "domain_age.young"],
        cure: Cure::Done(|state| state.registered = Some((100, 265))),
    },
    World {
        name: "a registry without RDAP",
        zone: "",
        state: |state| state.registered = None,
        finds: &["domain_age.not-known"],
        cure: Cure::None,
    },
    World {
        name: "a young domain of a stranger",
        zone: "",
        state: |state| {
            state.stranger = Some("example.test");
            state.registered = Some((1, 364));
        },
        finds: &["domain_age.young"],
        cure: Cure::Done(|state| state.registered = Some((60, 305))),
    },
    World {
        name: "a site without an imprint",
        zone: "",
        state: |state| state.page = Some("<h1>It works!</h1>"),
        finds: &["imprint.missing"],
        cure: Cure::Done(|state| state.page = Some("<a href=\"/c.html\">Kontakt</a>")),
    },
    World {
        name: "no site at all",
        zone: "",
        state: |state| state.page = None,
        finds: &["imprint.not-reached"],
        cure: Cure::Done(|state| state.page = Some("<h1>Impressum</h1>")),
    },
];

#[tokio::test]
async fn registration() {
    judge(WORLDS).await;
}
