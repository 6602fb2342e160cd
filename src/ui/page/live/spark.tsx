/** A small curve without axes; decoration beside a number that says the same. */
export function Spark({ values, from }: { readonly values: readonly number[]; readonly from?: number }) {
  if (values.length < 2) return <svg class="spark" aria-hidden="true" />;
  const least = Math.min(from ?? Number.POSITIVE_INFINITY, ...values);
  const most = Math.max(...values);
  const range = most - least || 1;
  const points = values.map((value, i) => {
    const x = (i / (values.length - 1)) * 100;
    return `${x.toFixed(2)},${(19 - ((value - least) / range) * 18).toFixed(2)}`;
  });
  return (
    <svg class="spark" viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">
      <polygon points={`0,20 ${points.join(' ')} 100,20`} />
      <polyline points={points.join(' ')} />
    </svg>
  );
}
