//! `ban …`: who is kept out.

use super::support::Site;

#[test]
fn a_network_is_kept_out_shown_explained_and_let_in_again() {
    let site = Site::new("[guard]\nown_networks = [\"203.0.113.0/24\"]\n");
    let ran = site.run(&["ban", "list"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    let server = site.start();
    assert!(site.good(&["ban", "list"]).out.contains("Nobody is kept out"));

    let added = site.good(&["ban", "add", "192.0.2.0/24", "--for", "2h", "--note", "harvests addresses"]);
    assert!(added.out.contains("192.0.2.0/24 is kept out until 20"), "{added:?}");
    assert!(site.good(&["ban", "add", "2001:db8:1::7"]).out.contains("until you remove the ban"));
    server.wait_for("banned network=2001:db8:1::/64");
    let list = site.good(&["ban", "list", "--json"]).json();
    assert_eq!(list.as_array().map(Vec::len), Some(2), "{list}");
    let harvester = &list.as_array().expect("a list").iter().find(|ban| ban["network"] == "192.0.2.0/24");
    assert_eq!(harvester.expect("it")["note"], "harvests addresses");

    let why = site.good(&["ban", "why", "192.0.2.77"]).out;
    assert!(why.contains("harvests addresses") && why.contains("postamt ban remove 192.0.2.0/24"), "{why}");
    let german = site.good(&["--lang", "de", "ban", "why", "198.51.100.1"]).out;
    assert!(german.contains("198.51.100.1 ist nicht ausgesperrt"), "{german}");

    assert!(
        site.good(&["ban", "add", "::ffff:198.51.100.0/120"]).out.contains("198.51.100.0/24 is kept out")
    );
    assert!(site.good(&["ban", "remove", "192.0.2.77"]).out.contains("192.0.2.0/24 is let in again"));
    assert!(site.good(&["ban", "remove", "192.0.2.77"]).out.contains("No ban concerns"));
    server.stop();
}

#[test]
fn what_cannot_be_banned_is_told() {
    let site = Site::new("[guard]\nown_networks = [\"203.0.113.0/24\"]\n");
    let _server = site.start();
    for (arguments, expected) in [
        (&["ban", "add", "nowhere"][..], "neither an address nor a network"),
        (&["ban", "add", "127.0.0.1"], "own networks"),
        (&["ban", "add", "203.0.0.0/16"], "own networks"),
        (&["ban", "add", "192.0.2.1", "--for", "0s"], "30m, 2h or 7d"),
    ] {
        let ran = site.run(arguments);
        assert_eq!((ran.code, ran.err.contains(expected)), (1, true), "{arguments:?}: {ran:?}");
    }
    assert_eq!(site.run(&["ban", "add", "192.0.2.1", "--for", "soon"]).code, 2);
    assert_eq!(site.good(&["ban", "list", "--json"]).json(), serde_json::json!([]));
}
