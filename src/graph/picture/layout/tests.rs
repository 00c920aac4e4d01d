use super::super::Picture;
use super::super::example::{MIDDLE, SMALL, picture, random};
use super::{Drawing, Point, Rect, lay_out};

fn random_pictures() -> impl Iterator<Item = (u64, Picture)> {
    (0..120).map(|seed| {
        let items = 1 + seed as usize % 40;
        (seed, random(seed, items, items * (seed as usize % 4)))
    })
}

fn inside(drawing: &Drawing, point: Point) -> bool {
    (0.0..=drawing.width).contains(&point.x) && (0.0..=drawing.height).contains(&point.y)
}

/// Points all along a curve.
fn sampled(points: &[Point]) -> Vec<Point> {
    let mut found = Vec::new();
    for at in (3..points.len()).step_by(3) {
        for step in 0..=16 {
            let (t, s) = (f64::from(step) / 16.0, 1.0 - f64::from(step) / 16.0);
            let mix = |of: fn(&Point) -> f64| {
                s * s * s * of(&points[at - 3])
                    + 3.0 * s * s * t * of(&points[at - 2])
                    + 3.0 * s * t * t * of(&points[at - 1])
                    + t * t * t * of(&points[at])
            };
            found.push(Point::new(mix(|point| point.x), mix(|point| point.y)));
        }
    }
    found
}

#[test]
fn boxes_do_not_overlap_and_are_inside() {
    for (seed, picture) in random_pictures() {
        let drawing = lay_out(&picture);
        assert_eq!(drawing.boxes.len(), picture.items.len());
        for (place, one) in drawing.boxes.iter().enumerate() {
            assert!(
                one.width > 0.0 && one.height > 0.0,
                "seed {seed}: {place} has no size"
            );
            assert!(
                one.x >= 0.0 && one.right() <= drawing.width,
                "seed {seed}: {place} sticks out"
            );
            assert!(
                one.y >= 0.0 && one.bottom() <= drawing.height,
                "seed {seed}: {place} sticks out"
            );
            for (at, other) in drawing.boxes.iter().enumerate().skip(place + 1) {
                assert!(
                    !one.overlaps(other),
                    "seed {seed}: {place} and {at} overlap"
                );
            }
        }
    }
}

#[test]
fn arrows_end_at_the_sides_of_their_items() {
    for (seed, picture) in random_pictures() {
        let drawing = lay_out(&picture);
        for (place, arrow) in picture.drawn() {
            let points = &drawing.curves[place].points;
            let ends = [(arrow.from, points.first()), (arrow.to, points.last())];
            for (item, end) in ends {
                let (rect, end) = (drawing.boxes[item], end.expect("a curve"));
                let is_at_side = (end.x - rect.x).abs() < 0.1 || (end.x - rect.right()).abs() < 0.1;
                assert!(is_at_side, "seed {seed}: arrow {place} ends beside {item}");
                assert!(
                    end.y > rect.y && end.y < rect.bottom(),
                    "seed {seed}: arrow {place} misses {item}"
                );
            }
        }
    }
}

#[test]
fn an_arrow_of_a_route_starts_at_the_route() {
    let picture = picture(MIDDLE);
    let drawing = lay_out(&picture);
    for (place, arrow) in picture.drawn() {
        let Some(route) = arrow.route else { continue };
        let at = drawing.rows[arrow.from]
            .iter()
            .position(|&row| row == route)
            .unwrap();
        let middle = drawing.boxes[arrow.from].y + super::size::row_middle(at);
        assert_eq!(drawing.curves[place].points[0].y, middle);
    }
}

#[test]
fn arrows_pass_no_box_but_their_own() {
    for (seed, picture) in random_pictures() {
        let drawing = lay_out(&picture);
        for (place, arrow) in picture.drawn() {
            let points = sampled(&drawing.curves[place].points);
            assert!(
                points.iter().all(|&point| inside(&drawing, point)),
                "seed {seed}: {place} sticks out"
            );
            for (item, rect) in drawing.boxes.iter().enumerate() {
                let within = |point: &Point| {
                    Rect {
                        x: point.x,
                        y: point.y,
                        width: 0.0,
                        height: 0.0,
                    }
                    .overlaps(rect)
                };
                let hits = points.iter().any(within);
                assert!(
                    !hits || item == arrow.from || item == arrow.to,
                    "seed {seed}: {place} hits {item}"
                );
            }
        }
    }
}

#[test]
fn the_same_picture_is_laid_out_the_same() {
    for (_, picture) in random_pictures() {
        assert_eq!(lay_out(&picture), lay_out(&picture));
    }
}

#[test]
fn sources_stand_left_of_what_they_start() {
    for lines in [SMALL, MIDDLE] {
        let picture = picture(lines);
        let drawing = lay_out(&picture);
        for (_, arrow) in picture.drawn() {
            assert!(drawing.boxes[arrow.from].right() < drawing.boxes[arrow.to].x);
        }
    }
}

#[test]
fn an_empty_picture_and_one_box_are_pictures() {
    let drawing = lay_out(&Picture::default());
    assert!(drawing.width > 0.0 && drawing.height > 0.0);
    let alone = picture("table Notes; DynamoDB table");
    assert!(lay_out(&alone).boxes[0].x > 0.0);
}
