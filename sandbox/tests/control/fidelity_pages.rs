//! The table of fidelity on screen, and the evidence that its marks lead to.

use std::collections::BTreeMap;
use std::time::Duration;

use icims_sandbox::Sandbox;
use reqwest::StatusCode;
use scraper::{Html, Selector};

fn all(css: &str) -> Selector {
    Selector::parse(css).expect("a selector")
}

async fn read(sandbox: &Sandbox, path: &str) -> (StatusCode, String) {
    let client = icims_sandbox::engine::direct().timeout(Duration::from_secs(30)).build().expect("a client");
    let answer = client.get(format!("{}{path}", sandbox.addresses().control)).send().await.expect("an answer");
    (answer.status(), answer.text().await.expect("HTML"))
}

/// The section that a number such as `7.1` stands for: its title begins with it.
fn begins_with(title: &str, number: &str) -> bool {
    title.strip_prefix(number).is_some_and(|rest| rest.starts_with([' ', '.']))
}

#[tokio::test]
async fn the_fidelity_page_shows_every_row_with_its_mark_and_test() {
    let sandbox = Sandbox::start().await;
    let (_, page) = read(&sandbox, "/fidelity").await;
    let page = Html::parse_document(&page);
    let shown: Vec<String> = page.select(&all("tbody tr")).map(|row| row.text().collect()).collect();
    let rows: Vec<_> = icims_sandbox::control::fidelity().into_iter().flat_map(|section| section.rows).collect();
    assert_eq!(shown.len(), rows.len());
    for (row, shown) in rows.into_iter().zip(shown) {
        let fidelity = row.fidelity.expect("a mark");
        for part in [&*row.what, &fidelity.test, &fidelity.source, fidelity.mark.word()] {
            assert!(shown.contains(part), "{part} is not in {shown}");
        }
    }
}

#[tokio::test]
async fn every_mark_leads_to_the_section_of_the_evidence_that_it_names() {
    let sandbox = Sandbox::start().await;
    let (_, page) = read(&sandbox, "/fidelity").await;
    let page = Html::parse_document(&page);
    let mut titles: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut followed = 0;
    for cell in page.select(&all("td[data-label=\"Rests on\"]")) {
        let links: Vec<_> = cell.select(&all("a")).collect();
        let source: String = cell.text().collect();
        let sections = source.split([' ', ',']).filter(|word| word.starts_with(|first: char| first.is_ascii_digit())).count();
        assert!(sections > 0 && links.len() == sections, "{source} has {} links", links.len());
        for link in links {
            let number: String = link.text().collect();
            let (address, anchor) =
                link.attr("href").and_then(|address| address.split_once('#')).expect("an address with an anchor");
            assert!(address.ends_with(source.split(' ').next().unwrap_or_default()), "{address} for {source}");
            if !titles.contains_key(address) {
                let (status, evidence) = read(&sandbox, address).await;
                assert_eq!(status, StatusCode::OK, "{address}");
                let evidence = Html::parse_document(&evidence);
                let with_id = all("h1[id], h2[id], h3[id], h4[id]");
                let headings = evidence.select(&with_id);
                let known = headings.map(|heading| (heading.attr("id").unwrap_or_default().to_owned(), heading.text().collect()));
                titles.insert(address.to_owned(), known.collect());
            }
            let title = titles[address].get(anchor).unwrap_or_else(|| panic!("{address} has no {anchor}"));
            assert!(begins_with(title, &number), "{number} leads to {title:?}");
            followed += 1;
        }
    }
    assert!(followed > 150, "only {followed} links");
    assert_eq!(titles.len(), 3, "{:?}", titles.keys());
}

#[tokio::test]
async fn the_evidence_is_shown_whole_and_its_markup_does_nothing() {
    let sandbox = Sandbox::start().await;
    for name in ["icims-api", "assessment-flow", "harver-platform"] {
        let (_, text) = read(&sandbox, &format!("/fidelity/evidence/{name}")).await;
        let page = Html::parse_document(&text);
        let article = page.select(&all("article")).next().expect("the document");
        let shown = article.text().collect::<Vec<_>>().join(" ");
        let path = format!("{}/evidence/{name}.md", env!("CARGO_MANIFEST_DIR"));
        let words = |text: &str| text.split(|letter: char| !letter.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>();
        // Browsers count the items of a list themselves.
        let without_number = |line: &str| match line.trim_start().split_once(". ") {
            Some((number, rest)) if number.bytes().all(|byte| byte.is_ascii_digit()) => rest.to_owned(),
            _ => line.to_owned(),
        };
        let written = std::fs::read_to_string(&path).expect("the document");
        let written = written.lines().map(without_number).collect::<Vec<_>>().join("\n");
        let mut shown_words = words(&shown);
        shown_words.sort();
        let missing: Vec<String> = words(&written).into_iter().filter(|word| shown_words.binary_search(word).is_err()).collect();
        // The language of a block of code is for editors.
        assert!(missing.iter().all(|word| ["json", "http", "text", "xml"].contains(&word.as_str())), "{name}: {missing:?}");
        let elements: Vec<&str> = article.select(&all("*")).map(|element| element.value().name()).collect();
        let known = "h1 h2 h3 h4 p ul ol li table thead tbody tr th td code pre strong em div hr a blockquote br";
        assert!(elements.iter().all(|name| known.split(' ').any(|known| known == *name)), "{name}: {elements:?}");
        // What is wider than a narrow window moves by itself, not the page.
        let wide = page.select(&all("article table")).all(|table| {
            let parent = table.parent().and_then(scraper::ElementRef::wrap);
            parent.is_some_and(|parent| parent.attr("class") == Some("scroll"))
        });
        assert!(wide && !elements.is_empty());
    }
    let (status, page) = read(&sandbox, "/fidelity/evidence/nowhere").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(page.contains("There is nothing at this address"));
}
