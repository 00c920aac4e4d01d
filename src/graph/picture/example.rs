//! Pictures for tests.

use super::{Arrow, Flow, Item, Kind, Picture, Route};

/// A picture from lines: `queue Jobs; SQS` is an item with its detail, `api Api; HTTP API; GET /notes; POST /notes` one
/// with routes, `Api 0 triggers Create; label` an arrow from a route, `Create writes Notes` one from an item.
pub(super) fn picture(lines: &str) -> Picture {
    let mut picture = Picture {
        title: "example".into(),
        ..Picture::default()
    };
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut parts = line.split(';').map(str::trim);
        let words: Vec<&str> = parts.next().unwrap().split(' ').collect();
        let rest: Vec<&str> = parts.collect();
        match Kind::ALL.into_iter().find(|kind| kind.word() == words[0]) {
            Some(kind) => picture.items.push(item(kind, words[1], &rest)),
            None => {
                let arrow = arrow(&picture, &words, &rest);
                picture.arrows.push(arrow);
            }
        }
    }
    picture
}

fn item(kind: Kind, id: &str, rest: &[&str]) -> Item {
    let routes = rest.iter().skip(1).map(|route| {
        let (method, path) = route.split_once(' ').unwrap();
        Route {
            method: method.into(),
            path: path.into(),
        }
    });
    Item {
        id: id.into(),
        kind,
        label: id.into(),
        detail: rest.first().copied().unwrap_or_default().into(),
        routes: routes.collect(),
        ..Item::default()
    }
}

fn arrow(picture: &Picture, words: &[&str], rest: &[&str]) -> Arrow {
    let place = |id: &str| picture.items.iter().position(|item| item.id == id).unwrap();
    let (route, verb) = match words[1].parse() {
        Ok(route) => (Some(route), words[2]),
        Err(_) => (None, words[1]),
    };
    Arrow {
        from: place(words[0]),
        route,
        to: place(words[words.len() - 1]),
        flow: Flow::ALL
            .into_iter()
            .find(|flow| flow.word() == verb)
            .unwrap(),
        label: rest.first().copied().unwrap_or_default().into(),
    }
}

/// Three resources.
pub(super) const SMALL: &str = "
    api NotesApi; HTTP API; GET /notes/{id}
    function ReadNote; nodejs22.x
    table Notes; DynamoDB table
    NotesApi 0 triggers ReadNote
    ReadNote reads Notes
";

/// Fifteen: an order's way from the API over a queue and a bus.
pub(super) const MIDDLE: &str = "
    api ShopApi; HTTP API; GET /orders; POST /orders; GET /orders/{id}; DELETE /orders/{id}
    function ListOrders; nodejs22.x
    function CreateOrder; nodejs22.x
    function ReadOrder; nodejs22.x
    function CancelOrder; nodejs22.x
    table Orders; DynamoDB table
    queue Payments; SQS queue
    queue PaymentsFailed; SQS queue
    function Charge; python3.13
    bus ShopEvents; event bus
    rule OrderPaid; order.paid
    function SendMail; python3.13
    bucket Invoices; S3 bucket
    schedule Nightly; rate(1 day)
    function Report; python3.13
    ShopApi 0 triggers ListOrders
    ShopApi 1 triggers CreateOrder
    ShopApi 2 triggers ReadOrder
    ShopApi 3 triggers CancelOrder
    ListOrders reads Orders
    CreateOrder writes Orders
    ReadOrder reads Orders
    CancelOrder reads-writes Orders
    CreateOrder sends Payments
    Payments triggers Charge
    Payments dead-letters PaymentsFailed
    Charge writes Orders
    Charge sends ShopEvents
    ShopEvents triggers OrderPaid
    OrderPaid triggers SendMail
    SendMail writes Invoices
    Nightly triggers Report
    Report reads Orders
    Report writes Invoices
";

/// Numbers that look random and are always the same (a linear congruential generator, Knuth's constants).
pub(super) struct Dice(pub u64);

impl Dice {
    /// Below `limit`.
    pub(super) fn roll(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

/// Any picture at all, with circles, loops, arrows that lead nowhere and names that want to break out.
pub(super) fn random(seed: u64, items: usize, arrows: usize) -> Picture {
    let mut dice = Dice(seed);
    let names = [
        "Fn",
        "AVeryLongNameOfAResourceThatIsCutSomewhere",
        "</text>&\"<",
        "表の名前",
        "\u{202e}\u{1b}[2J",
        "",
    ];
    let mut picture = Picture::default();
    for place in 0..items {
        let routes = if dice.roll(6) == 0 { dice.roll(9) } else { 0 };
        picture.items.push(Item {
            id: format!("R{place}"),
            kind: Kind::ALL[dice.roll(Kind::ALL.len())],
            label: format!("{}{place}", names[dice.roll(names.len())]),
            detail: names[dice.roll(names.len())].into(),
            routes: (0..routes)
                .map(|route| Route {
                    method: ["GET", "", "OPTIONS"][route % 3].into(),
                    path: format!("/{}/{{id}}", names[dice.roll(names.len())]),
                })
                .collect(),
            ..Item::default()
        });
    }
    for _ in 0..arrows {
        // Now and then one past the end.
        let ends = items + usize::from(dice.roll(20) == 0);
        picture.arrows.push(Arrow {
            from: dice.roll(items),
            route: (dice.roll(3) == 0).then(|| dice.roll(4)),
            to: dice.roll(ends),
            flow: Flow::ALL[dice.roll(Flow::ALL.len())],
            label: ["", "", "", "on failure"][dice.roll(4)].into(),
        });
    }
    picture
}
