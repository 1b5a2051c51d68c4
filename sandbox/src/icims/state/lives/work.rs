//! Work history: two or three posts in one line of work, the newest of which goes on. Employers are made up.

use jiff::Span;
use jiff::civil::Date;

use super::home::{Place, near_home};
use super::node;
use crate::icims::model::{Fields, Life, Value};

/// A line of work, newest and highest post first.
struct Line {
    posts: [(&'static str, &'static str); 3],
}

const LINES: [Line; 5] = [
    Line {
        posts: [
            ("Senior Customer Service Representative", "Takes the calls that others pass on, and trains new colleagues."),
            ("Customer Service Representative", "Answered 60 calls a day on orders, deliveries and refunds."),
            ("Call Centre Agent", "Answered calls and chats in a team of twelve."),
        ],
    },
    Line {
        posts: [
            ("Warehouse Team Lead", "Plans the shifts of nine order pickers and keeps the safety record."),
            ("Forklift Operator", "Loaded and unloaded trucks, and counted stock every week."),
            ("Order Picker", "Picked and packed orders by hand scanner."),
        ],
    },
    Line {
        posts: [
            ("Assistant Store Manager", "Opens and closes the store, and plans the rota for fifteen people."),
            ("Shift Supervisor", "Ran the floor in the evening and cashed up."),
            ("Sales Associate", "Advised customers and kept the shelves full."),
        ],
    },
    Line {
        posts: [
            ("Restaurant Supervisor", "Leads a crew of eight and answers for stock and hygiene."),
            ("Barista", "Made coffee to order and trained two newcomers."),
            ("Server", "Served forty tables on weekends."),
        ],
    },
    Line {
        posts: [
            ("Office Coordinator", "Keeps calendars, orders and invoices of three teams in order."),
            ("Receptionist", "Welcomed visitors and ran the switchboard."),
            ("Data Entry Clerk", "Entered orders, and put right what did not add up."),
        ],
    },
];

const EMPLOYERS: [&str; 10] = [
    "Harlow & Finch",
    "Northgate Logistics",
    "Bluepine Outfitters",
    "Copper Kettle Cafes",
    "Lakeshore Insurance Services",
    "Merriton Home Stores",
    "Fairview Distribution",
    "Oakline Telecom",
    "Sunward Groceries",
    "Tidewater Travel",
];

/// One post.
pub(super) struct Post {
    pub(super) title: &'static str,
    pub(super) employer: &'static str,
    pub(super) place: &'static Place,
    pub(super) from: Date,
    /// The last day; `None` while it goes on.
    pub(super) to: Option<Date>,
    pub(super) did: &'static str,
}

impl Post {
    /// The post as an entry.
    pub(super) fn fields(&self) -> Fields {
        let text = |text: &str| Value::Text(text.to_owned());
        let mut fields = Fields::with_room(7);
        fields.insert("workcity".into(), text(self.place.city));
        fields.insert("workdescription".into(), text(self.did));
        fields.insert("workemployer".into(), text(self.employer));
        if let Some(to) = self.to {
            fields.insert("workenddate".into(), Value::Date(to));
        }
        fields.insert("workstartdate".into(), Value::Date(self.from));
        fields.insert("workstate".into(), node(self.place.state));
        fields.insert("worktitle".into(), text(self.title));
        fields
    }
}

/// What somebody had worked until a day, newest first.
pub(super) fn posts(life: Life, today: Date) -> Vec<Post> {
    let line = life.pick("line of work", &LINES);
    let count = 2 + life.choose("posts", 2);
    let first = life.choose("employer", EMPLOYERS.len());
    let (mut until, mut to) = (today, None);
    let post = |(at, (title, did)): (usize, &(&'static str, &'static str))| {
        let months = i64::try_from(9 + life.choose(LENGTHS[at], 40)).unwrap_or_default();
        let from = until.saturating_sub(Span::new().months(months)).first_of_month();
        let place = near_home(life, TOWNS[at]);
        let post = Post { title, employer: EMPLOYERS[(first + at) % EMPLOYERS.len()], place, from, to, did };
        let pause = i64::try_from(life.choose(PAUSES[at], 75)).unwrap_or_default();
        until = from.saturating_sub(Span::new().days(1 + pause));
        to = Some(until);
        post
    };
    line.posts.iter().take(count).enumerate().map(post).collect()
}

/// The questions of each post.
const LENGTHS: [&str; 3] = ["months now", "months before", "months at first"];
const TOWNS: [&str; 3] = ["town now", "town before", "town at first"];
const PAUSES: [&str; 3] = ["pause before now", "pause before that", "pause at first"];
