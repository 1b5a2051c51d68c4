//! `check --env` at a customer that nobody has opened for it: the sandbox with control switched off, the integration in another process,
//! mail in what speaks Mailpit's API.

use std::fs;
use std::hash::BuildHasher as _;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{Program, Until, take, until, visitor};

/// A customer with its own integration.
struct Site {
    sandbox: Program,
    integration: Child,
    folder: TempDir,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.integration.kill().expect("SIGKILL");
        self.integration.wait().expect("it is dead");
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}

impl Site {
    async fn start() -> Self {
        let (folder, port) = (tempfile::tempdir().expect("a folder"), free_port());
        let here = format!("http://127.0.0.1:{port}");
        let sandbox = Program::start(["sandbox", "--port", "0", "--no-control", "--integration-url", &here]);
        let (_, smtp) = sandbox.text("mailbox", "smtp").split_once(':').expect("host and port");
        // Ids and credentials are those of seed 1, as the example has them.
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/compose/serve.toml");
        let config = fs::read_to_string(example).expect("the example");
        let config = config
            .replace("http://sandbox:8701", sandbox.text("icims", "base_url"))
            .replace("http://sandbox:8703", sandbox.text("platform", "base_url"))
            .replace("host = \"sandbox\"", "host = \"127.0.0.1\"")
            .replace("port = 8725", &format!("port = {smtp}"))
            .replace("http://127.0.0.1:8702", &here);
        let file = folder.path().join("serve.toml");
        fs::write(&file, config).expect("a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
        command.arg("serve").arg("--config").arg(&file).args(["--listen", &format!("127.0.0.1:{port}"), "--database"]);
        command.arg(folder.path().join("integration.db")).env("HARVER_ICIMS_SEALING_PASSPHRASE", "a passphrase of this test");
        let integration = command.stdin(Stdio::null()).spawn().expect("the program starts");
        let site = Self { sandbox, integration, folder };
        let client = visitor();
        until("the integration", async || match client.get(format!("{here}/readyz")).send().await {
            Ok(answer) if answer.status().is_success() => Ok(()),
            other => Err(format!("{other:?}")),
        })
        .await;
        site
    }

    /// What the API tells of the customer.
    async fn icims(&self, path: &str) -> Value {
        let (base, customer) = (self.sandbox.text("icims", "base_url"), self.sandbox.text("icims", "customer_id"));
        let request = visitor().get(format!("{base}/customers/{customer}/{path}"));
        let request = request.basic_auth(self.sandbox.text("icims", "username"), Some(self.sandbox.text("icims", "password")));
        request.send().await.expect("iCIMS answers").json().await.expect("JSON")
    }

    /// Every record of a kind, as a search finds it.
    async fn all(&self, kind: &str, one: &str) -> Vec<Value> {
        let all = json!({"filters": [{"name": format!("{one}.id"), "operator": ">", "value": ["0"]}]}).to_string();
        let found = self.icims(&format!("search/{kind}?searchJson={}", urlencoded(&all))).await;
        found["searchResults"].as_array().unwrap_or_else(|| panic!("no {kind}: {found}")).clone()
    }

    async fn all_jobs(&self) -> Vec<Value> {
        self.all("jobs", "job").await
    }

    /// How many people, applications and jobs there are.
    async fn counted(&self) -> [usize; 3] {
        let [people, workflows] = [("people", "person"), ("applicantworkflows", "applicantworkflow")];
        let people = self.all(people.0, people.1).await.len();
        [people, self.all(workflows.0, workflows.1).await.len(), self.all_jobs().await.len()]
    }

    /// `[icims.jobs]`: title and id of every job.
    async fn jobs(&self) -> String {
        let mut told = String::from("[icims.jobs]\n");
        for found in self.all_jobs().await {
            let job = self.icims(&format!("jobs/{}?fields=jobtitle", found["id"])).await;
            told.push_str(&format!("{} = \"{}\"\n", job["jobtitle"], found["id"]));
        }
        told
    }

    /// `[icims.packages]`: the label of each package by its vacancy.
    async fn packages(&self) -> String {
        let mut told = std::collections::BTreeSet::new();
        for found in self.all_jobs().await {
            let job = self.icims(&format!("jobs/{}?fields=assessmenttype", found["id"])).await;
            let labels = job["assessmenttype"].as_array().cloned().unwrap_or_default();
            let labels = labels.iter().filter_map(|label| label["value"].as_str());
            told.extend(labels.filter_map(|label| {
                let vacancy = label.strip_prefix("Harver ")?.split(" – ").next()?;
                Some(format!("{vacancy:?} = {label:?}\n"))
            }));
        }
        format!("[icims.packages]\n{}", told.into_iter().collect::<String>())
    }

    /// Who signs in, and what may be done.
    fn access(&self, more: &str) -> String {
        let of = |key| self.sandbox.text("icims", key);
        format!(
            "name = \"Ours\"\n[icims]\nbase_url = {:?}\ncustomer_id = {:?}\nusername = {:?}\npassword = \"${{ICIMS_PASSWORD}}\"\n\
             calls = 5000\n{more}\n[icims.statuses]\n\"Recruiter Submitted\" = \"C40101\"\n\"Send to Harver\" = \"C40177\"\n\
             \"Phone Screen\" = \"C40130\"\n\"Not Selected\" = \"C40190\"\n",
            of("base_url"),
            of("customer_id"),
            of("username")
        )
    }

    /// The recruiter's screens and the career portal.
    fn screens(&self) -> String {
        let of = |key| self.sandbox.text("icims", key);
        format!("recruiter_url = {:?}\nportal_url = {:?}\n", of("recruiter_url"), of("portal_url"))
    }

    fn harver(&self, simulated: bool) -> String {
        format!("[harver]\nlink_url = {:?}\nsimulated = {simulated}\n", self.sandbox.text("platform", "base_url"))
    }

    fn mailpit(&self) -> String {
        let mailbox = self.mailbox();
        format!(
            "[mail]\naddress = \"{{name}}@mail-4021.example\"\nmailpit = {mailbox:?}\n[waiting]\npatience_seconds = 30\nquiet_seconds = 1\n"
        )
    }

    /// Base URL of what has the mail.
    fn mailbox(&self) -> String {
        let pages = self.sandbox.text("mailbox", "base_url");
        pages.strip_suffix("/mailbox").unwrap_or(pages).to_owned()
    }

    fn command(&self, environment: &str, arguments: &[&str]) -> Command {
        let file = self.folder.path().join(format!("env-{}.toml", rand_name()));
        fs::write(&file, environment).expect("a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
        command.arg("check").arg("--env").arg(&file).args(arguments).current_dir(self.folder.path());
        command.env("ICIMS_PASSWORD", self.sandbox.text("icims", "password")).stdin(Stdio::null());
        command
    }

    /// The exit code, and what was said.
    fn check(&self, environment: &str, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self.command(environment, arguments).output().expect("the program starts");
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).expect("text"))
    }
}

fn rand_name() -> String {
    format!("{:08x}", std::collections::hash_map::RandomState::new().hash_one(0))
}

/// How many scenarios passed, by the last line.
fn passed(said: &str) -> usize {
    let (_, counted) = said.rsplit_once("scenarios: ").expect("a last line");
    let number = counted.split_whitespace().find_map(|word| word.parse().ok());
    number.unwrap_or_else(|| panic!("{counted} tells no number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_scenarios_and_more_run_where_there_is_no_control() {
    let site = Site::start().await;
    let control = visitor().get(format!("{}/__sandbox/health", site.mailbox())).send().await.expect("an answer");
    assert_eq!(control.status(), 404, "control is switched off");
    let environment = [
        site.access(&format!("writes = true\n{}", site.screens())),
        site.packages().await,
        site.jobs().await,
        site.harver(true),
        site.mailpit(),
    ]
    .concat();
    let before = site.counted().await;
    let (code, said) = site.check(&environment.replace("writes = true", ""), &[]);
    assert_eq!(code, Some(3), "{said}");
    assert_eq!(site.counted().await, before, "nothing is created where nothing may be: {said}");
    let (code, said) = site.check(&environment, &["--report", "out"]);
    assert_eq!(code, Some(3), "{said}");
    let (_, left) = said.split_once("\nLeft in iCIMS").expect("a list of what is left");
    let listed = |kind: &str| left.lines().filter(|line| line.starts_with(&format!("  {kind}/"))).count();
    let after = site.counted().await;
    let grown: Vec<usize> = before.iter().zip(after).map(|(before, after)| after - before).collect();
    assert_eq!(["people", "applicantworkflows", "jobs"].map(listed).as_slice(), grown, "what is there more is listed: {said}");
    let mut names: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("iCIMS: creates one of its ")).collect();
    names.retain(|name| !name.starts_with("applicantworkflows"));
    let tag = |name: &str| name.rsplit_once(' ').is_some_and(|(_, tag)| tag.len() > 12 && tag.contains('x'));
    assert!(names.len() > 20 && names.iter().all(|name| tag(name)), "each has a name that no run had before: {names:?}");
    let applied = said.matches(" on the career portal\n").count();
    for (kind, by_hand, grown) in
        [("people", applied, grown[0]), ("applicantworkflows", applied, grown[1]), ("jobs", 0, grown[2])]
    {
        let announced = said.matches(&format!("iCIMS: creates one of its {kind}: ")).count();
        assert_eq!(announced + by_hand, grown, "each of the {kind} was announced: {said}");
    }
    assert!(said.contains(" 0 failed") && passed(&said) >= 20, "{said}");
    assert!(said.contains("Not run: needs a customer of its own, which only a sandbox's control opens:"), "{said}");
    assert!(said.contains("iCIMS: creates one of its people: Ana Weber "), "each change is announced: {said}");
    assert!(said.contains("Left in iCIMS, because it could not be removed by the API:\n  "), "{said}");
    assert!(said.contains("calls of iCIMS's API: ") && said.contains(" of 5000"), "{said}");
    let report = fs::read_to_string(site.folder.path().join("out/report.html")).expect("a report");
    assert!(
        report.contains("Ours, customer 4021") && !report.contains(site.sandbox.text("icims", "password")),
        "no secret is in it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_enough_for_many() {
    let site = Site::start().await;
    let of = |key| site.sandbox.text("icims", key);
    let oauth = format!(
        "token_url = {:?}\nclient_id = {:?}\nclient_secret = {:?}\n",
        of("token_url"),
        of("client_id"),
        of("client_secret")
    );
    let basic = format!("username = {:?}\npassword = \"${{ICIMS_PASSWORD}}\"\n", of("username"));
    let access = site.access("writes = true");
    assert!(access.contains(&basic), "{access}");
    let environment =
        [access.replace(&basic, &oauth), site.packages().await, site.jobs().await, site.harver(true), site.mailpit()].concat();
    let (code, said) = site.check(&environment, &[]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains(" 0 failed") && passed(&said) >= 15, "{said}");
    assert!(said.contains("Not run: needs the Summary after advancing"), "{said}");
}

/// Plays whoever sits at the terminal: does what is asked, and types what there is to see.
async fn play(site: &Site, client: &Client, question: &str) -> String {
    let candidate = |after: &str| {
        let name = question.split_once(after).expect("a name").1.split_whitespace().take(3).collect::<Vec<_>>();
        name.join(" ")
    };
    if question.contains("In iCIMS, tick ") {
        let name = candidate("tick ");
        let filter = json!({"filters": [{"name": "person.lastname", "value": [name.split_once(' ').expect("two names").1]}]});
        let found = site.icims(&format!("search/people?searchJson={}", urlencoded(&filter.to_string()))).await;
        let person = found["searchResults"][0]["id"].to_string();
        let filter = json!({"filters": [{"name": "applicantworkflow.person.id", "value": [person]}]});
        let found = site.icims(&format!("search/applicantworkflows?searchJson={}", urlencoded(&filter.to_string()))).await;
        let (base, customer) = (site.sandbox.text("icims", "base_url"), site.sandbox.text("icims", "customer_id"));
        let moved = client
            .patch(format!("{base}/customers/{customer}/applicantworkflows/{}", found["searchResults"][0]["id"]))
            .basic_auth(site.sandbox.text("icims", "username"), Some(site.sandbox.text("icims", "password")))
            .json(&json!({"status": {"id": "C40177"}}));
        assert_eq!(moved.send().await.expect("iCIMS answers").status(), 204, "{question}");
        return "Invitation is sent to Candidate".to_owned();
    }
    if question.contains("Look for mail to ") {
        let (_, rest) = question.split_once("mail to ").expect("an address");
        let address = rest.split_once(". Paste").expect("a sentence").0;
        return until("mail", async || {
            let search = format!("{}/api/v1/search?query=to:{}", site.mailbox(), urlencoded(address));
            let found: Value = client.get(search).send().await.expect("an answer").json().await.expect("JSON");
            let id = found["messages"][0]["ID"].as_str().ok_or("no mail")?.to_owned();
            let read = client.get(format!("{}/api/v1/message/{id}", site.mailbox())).send().await.expect("an answer");
            let text = read.json::<Value>().await.expect("JSON")["Text"].as_str().expect("text").to_owned();
            text.split_whitespace().find(|word| word.contains("/magic-link/")).map(str::to_owned).ok_or("no link".into())
        })
        .await;
    }
    let link = question.split_whitespace().find(|word| word.contains("/magic-link/"));
    take(&visitor(), link.unwrap_or_else(|| panic!("nobody knows what to do: {question}")), Until::Finished).await;
    String::new()
}

fn urlencoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

const BY_HAND: &str = "Feature: By hand
  Scenario: From the application to the result
    Given Brightwater Foods has connected iCIMS to Harver
    And the Candidate Ana is submitted to \"Call Centre Advisor\"
    When Tomas advances Ana to Send to Harver
    Then the Summary says \"Invitation is sent to Candidate\" for Ana
    And Ana receives one mail with a link to the assessment
    When Ana takes the assessment by the link in her mail as a great fit
    Then iCIMS shows one result for Ana, which is complete
    And the Screen tab recommends Ana as \"Great Fit\"
";

impl Site {
    /// Somebody is asked for everything that the API cannot do.
    async fn by_hand(&self) -> String {
        let waiting = "[person]\npatience_minutes = 1\n[waiting]\npatience_seconds = 30\nquiet_seconds = 1\n";
        let mail = format!("[mail]\naddress = \"{{name}}@mail-4021.example\"\nperson = true\n{waiting}");
        fs::write(self.folder.path().join("by_hand.feature"), BY_HAND).expect("a file");
        [self.access("writes = true"), self.jobs().await, self.harver(false), mail].concat()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_does_what_no_program_can_and_what_came_of_it_is_read() {
    let (site, client) = (Site::start().await, visitor());
    let mut command = site.command(&site.by_hand().await, &["--features", "by_hand.feature"]);
    let mut run = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let (mut keyboard, screen) = (run.stdin.take().expect("a pipe"), BufReader::new(run.stderr.take().expect("a pipe")));
    let mut asked = 0;
    for line in screen.lines() {
        let line = line.expect("a line");
        if line.starts_with('[') {
            asked += 1;
            let answer = play(&site, &client, &line).await;
            // What follows an answer is none to the next question.
            write!(keyboard, "{answer}\ncannot\n").expect("it is read");
        }
    }
    let output = run.wait_with_output().expect("an end");
    let said = String::from_utf8(output.stdout).expect("text");
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(asked >= 3, "advancing, mail and assessment were asked for, not {asked} things");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_customer_is_told_by_name() {
    let site = Site::start().await;
    let by_hand = site.by_hand().await;
    let rich = format!("writes = true\n{}", site.screens());
    let rich = [site.access(&rich), site.jobs().await, site.harver(true), site.mailpit()].concat();
    let one = ["--features", "by_hand.feature", "--jobs", "1"];
    for (environment, code, says) in [
        (rich.replace("writes = true", ""), 3, "Not run: needs leave to create and change records (icims.writes)"),
        (rich.replace("calls = 5000", "calls = 2"), 1, "the 2 calls that the environment allows (icims.calls) are used up"),
        (rich.replace("${ICIMS_PASSWORD}", "guessed"), 2, "iCIMS does not let us read customer 4021"),
        (rich.replace("customer_id = \"4021\"", "customer_id = \"999\""), 2, "iCIMS does not let us read customer 999"),
        (rich.replace(&site.mailbox(), "http://127.0.0.1:9"), 2, "reading the mail in Mailpit"),
        (
            rich.replace("mailpit = ", "imap = \"imap://127.0.0.1:9\"\nusername = \"qa\"\npassword = \"x\"\n# "),
            2,
            "port 9 does not answer",
        ),
        (rich.replace("[mail]", "[mailbox]"), 2, "unknown field `mailbox`"),
        (rich.split("[mail]").next().expect("a part").to_owned(), 3, "Not run: needs the candidates' mail (section [mail])"),
        (
            rich.replace("simulated = true", ""),
            3,
            "Not run: needs somebody who takes the assessment (harver.simulated, or [person])",
        ),
        (
            rich.replace("recruiter_url", "# "),
            3,
            "Not run: needs the Summary after advancing (icims.recruiter_url of a sandbox, or [person])",
        ),
        (by_hand.clone(), 1, "nobody is at the terminal to do this: In iCIMS, tick Ana Weber "),
        (by_hand.replace("\"Call Centre Advisor\"", "\"Another\""), 1, "does not tell the id of the job \"Call Centre Advisor\""),
        (
            by_hand.replace("\"Recruiter Submitted\"", "\"Another\""),
            1,
            "does not tell the id of the status \"Recruiter Submitted\"",
        ),
        (rich.replace("calls = 5000\n", ""), 2, "missing field `calls`"),
    ] {
        let (is, said) = site.check(&environment, &one);
        let plain = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(is == Some(code) && plain.contains(says), "{is:?}, not {code} with {says:?}:\n{said}");
        assert!(!said.contains("guessed"), "no secret is said: {said}");
    }
}
