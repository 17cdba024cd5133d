//! `postamt doctor`. The site's name server does not answer, so nobody else is asked.

use super::support::Site;

#[test]
fn without_dns_one_thing_cries_and_the_rest_is_not_judged() {
    let site = Site::new("");
    let ran = site.run(&["doctor", "--json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let report = ran.json();
    let findings = report["findings"].as_array().expect("a list");
    let about_names: Vec<_> = findings.iter().filter(|it| it["check"] == "dns").collect();
    assert_eq!(about_names.len(), 1, "{ran:?}");
    assert_eq!(about_names[0]["id"], "dns.silent");
    assert_eq!(about_names[0]["severity"], "error");
    assert_eq!(about_names[0]["about"], "127.0.0.1:9");
    let skipped = report["not_judged"].as_array().expect("a list");
    assert!(skipped.iter().any(|it| it["check"] == "ptr" && it["because"] == "dns.silent"), "{ran:?}");
}

#[test]
fn it_speaks_both_languages_and_writes_a_page() {
    let site = Site::new("");
    let page = site.path("report.html").display().to_string();
    let ran = site.run(&["doctor", "--only", "dns", "--html", &page]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("No name server answers."), "{ran:?}");
    assert!(ran.err.contains("The report is in"), "{ran:?}");
    let german = site.run(&["doctor", "--only", "dns", "--lang", "de"]);
    assert!(german.out.contains("Kein Nameserver antwortet."), "{german:?}");
    let page = std::fs::read_to_string(page).expect("written");
    assert!(page.contains("Kein Nameserver antwortet.") && page.contains("No name server answers."));
}

#[test]
fn what_cannot_run_is_two() {
    let site = Site::new("");
    let ran = site.run(&["doctor", "--only", "nonsense"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("There is no check `nonsense`"), "{ran:?}");
    let ran = site.run(&["doctor", "no domain"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    let ran = site.run(&["doctor", "--only", "dns", "--html", "/nowhere/report.html"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    site.configure("[nonsense]\n");
    let ran = site.run(&["doctor"]);
    assert_eq!(ran.code, 2, "{ran:?}");
}

/// Ports that are free now.
fn free_ports() -> [u16; 2] {
    let open = [(); 2].map(|()| std::net::TcpListener::bind("127.0.0.1:0").expect("a port"));
    open.map(|listener| listener.local_addr().expect("bound").port())
}

/// What the product sets up by itself must pass its own checks; the certificate that nobody has vouched for is told.
#[test]
fn the_ports_of_a_running_server_are_as_the_doctor_wants_them() {
    let [exchange, submissions] = free_ports();
    let site = Site::new(&format!(
        "[[listener]]\naddress = \"127.0.0.1:{exchange}\"\npurpose = \"exchange\"\n\
         [[listener]]\naddress = \"127.0.0.1:{submissions}\"\npurpose = \"submissions\"\n"
    ));
    let _server = site.start();
    let ran = site.run(&["doctor", "--only", "submission", "certificate", "--json"]);
    let report = ran.json();
    let findings = report["findings"].as_array().expect("a list");
    let told: Vec<_> = findings.iter().map(|it| format!("{} {}", it["id"], it["about"])).collect();
    for port in [exchange, submissions] {
        assert!(told.contains(&format!("\"submission.good\" \"{port}\"")), "{ran:?}");
    }
    let about = format!("\"certificate.self-made\" \"{exchange}, {submissions}\"");
    assert!(told.contains(&about), "{ran:?}");
    assert_eq!((told.len(), ran.code), (3, 1), "{ran:?}");
}
