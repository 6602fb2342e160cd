/** Cosine and sine of an angle. */
export interface Rotation {
  readonly cos: number;
  readonly sin: number;
}

/**
 * Cosine and sine of `theta` radians (|theta| up to some turns), within 1e-15: Taylor series after a reduction
 * to an eighth of a turn. Multiples of a quarter turn are exact, and every engine gives the same bits.
 */
export function rotation(theta: number): Rotation {
  const quarters = Math.round(theta / (Math.PI / 2));
  const rest = theta - quarters * (Math.PI / 2);
  const square = rest * rest;
  let cos = 1;
  let sin = 1;
  for (let n = 18; n >= 2; n -= 2) {
    cos = 1 - (square * cos) / (n * (n - 1));
    sin = 1 - (square * sin) / (n * (n + 1));
  }
  sin *= rest;
  const turned = [
    { cos, sin },
    { cos: -sin, sin: cos },
    { cos: -cos, sin: -sin },
    { cos: sin, sin: -cos },
  ];
  return turned[((quarters % 4) + 4) % 4];
}
