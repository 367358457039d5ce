// A small plot of the last hour, as SVG. Its height is fixed; its width is that of the place it is put into.

const svg = 'http://www.w3.org/2000/svg';
const [width, height] = [360, 48];

/// The highest value of the scale: 1, 2 or 5 times a power of ten, and no less than any point.
export function top(values, least = 0) {
  const highest = Math.max(least, ...values);
  if (highest <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  return [1, 2, 5, 10].map((times) => times * power).find((one) => one >= highest * 0.999999);
}

/// The line through points of 0 to 1 in x; it is broken before a point with a gap.
export function path(points, highest) {
  return points.map(({ x, y, gap }, i) => {
    const [px, py] = [(x * width).toFixed(1), (height - 1 - Math.max(0, Math.min(1, y / highest)) * (height - 2)).toFixed(1)];
    return `${i === 0 || gap ? 'M' : 'L'}${px} ${py}${points.length === 1 ? 'h0.1' : ''}`;
  }).join('');
}

export class Plot {
  #line;
  #drawn = '';
  /// `highest`: of the scale, if it is fixed. `least`: that its end is no less than.
  constructor(parent, { highest = null, least = 0 } = {}) {
    this.highest = highest;
    this.least = least;
    const picture = document.createElementNS(svg, 'svg');
    for (const [name, value] of Object.entries({ viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', class: 'plot', 'aria-hidden': 'true' })) picture.setAttribute(name, value);
    this.#line = picture.appendChild(document.createElementNS(svg, 'path'));
    parent.append(picture);
  }
  /// The highest value of its scale.
  draw(points) {
    const highest = this.highest ?? top(points.map(({ y }) => y), this.least);
    const drawn = path(points, highest);
    if (drawn !== this.#drawn) this.#line.setAttribute('d', this.#drawn = drawn);
    return highest;
  }
}
