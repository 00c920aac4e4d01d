//! Charts of one line, of block characters.

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A chart of values, one character each: the highest is a whole block, zero the lowest, a period without a value a space.
pub fn line(values: &[Option<f64>]) -> String {
    let most = values.iter().flatten().copied().fold(0.0, f64::max);
    values
        .iter()
        .map(|value| match value {
            None => ' ',
            Some(value) if most > 0.0 => {
                let step = (value.max(0.0) / most * 7.0).ceil();
                // What is not zero is not drawn as zero.
                BLOCKS
                    .iter()
                    .zip(0u8..)
                    .find(|(_, at)| f64::from(*at) >= step)
                    .map_or('█', |(block, _)| *block)
            }
            Some(_) => BLOCKS[0],
        })
        .collect()
}

/// The same with neighbouring values put together, so that it is not wider than `width`: the highest of them stands.
pub fn fitted(values: &[Option<f64>], width: usize) -> String {
    let each = values.len().div_ceil(width.max(1)).max(1);
    let merged: Vec<Option<f64>> = values
        .chunks(each)
        .map(|some| some.iter().flatten().copied().reduce(f64::max))
        .collect();
    line(&merged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_is_a_whole_block_and_nothing_is_a_space() {
        let values = [Some(0.0), None, Some(1.0), Some(50.0), Some(100.0)];
        assert_eq!(line(&values), "▁ ▂▅█");
        assert_eq!(line(&[Some(0.0), Some(0.0)]), "▁▁");
        assert_eq!(line(&[]), "");
    }

    #[test]
    fn a_narrow_chart_keeps_the_peaks() {
        let values = [Some(1.0), Some(8.0), None, None, Some(0.0)];
        assert_eq!(fitted(&values, 3), "█ ▁");
        assert_eq!(fitted(&values, 80).chars().count(), 5);
    }
}
