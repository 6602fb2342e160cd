/** Where the first terms of the power series are exact in double precision. */
const tiny = 1e-3;

/**
 * J1(x) / x for x >= 0, with J1 the Bessel function of the first kind of order one; 1/2 at 0, absolute error
 * below 1e-15. Miller's backward recurrence J(k-1) = 2k/x J(k) - J(k+1), normalised by
 * J0 + 2 (J2 + J4 + ...) = 1 (Abramowitz and Stegun 9.1.27, 9.1.46, 9.12), so that + - * / suffice and every
 * engine gives the same bits.
 */
export function besselRatio(x: number): number {
  if (x < tiny) return 0.5 - (x * x) / 16 + (x * x * x * x) / 384;
  // From here on the terms that are left out are below 1e-17.
  const start = 2 * Math.ceil((x + 6 * Math.sqrt(x) + 16) / 2);
  let above = 0;
  let here = 1e-30;
  let even = 0;
  let first = 0;
  for (let k = start; k > 0; k--) {
    if (k % 2 === 0) even += here;
    else first = k === 1 ? here : first;
    const below = ((2 * k) / x) * here - above;
    above = here;
    here = below;
  }
  return first / (here + 2 * even) / x;
}
