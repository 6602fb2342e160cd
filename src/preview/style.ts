/** What the preview adds to the style sheet of the reports. */
export const previewStyle = `
body{max-width:78rem}
.sample{margin:0 0 3rem}
.sample h3{margin:0 0 .2rem;font-size:1.05rem}
.sample h3 .path{font-weight:600}
.sample>p{margin:.1rem 0 .8rem;color:var(--soft);font-size:.92rem}
.ends{display:flex;flex-wrap:wrap;gap:.75rem;margin:0 0 1rem}
.ends figure{flex:1 1 0;min-width:9rem;max-width:23rem}
.ends .own{flex:none;min-width:0;max-width:100%}.ends .own img{width:auto;max-width:100%;image-rendering:auto}
.steps{display:grid;grid-template-columns:repeat(auto-fill,minmax(12rem,1fr));gap:1rem .75rem;margin:0;padding:0;list-style:none}
.steps figure,.ends figure{margin:0}
.steps img,.ends img{display:block;width:100%;height:auto;border-radius:.25rem;background:var(--line)}
img.small{image-rendering:pixelated}
.sample figcaption{margin-top:.3rem;line-height:1.4}
.sample figcaption b{color:var(--ink);font-weight:650;overflow-wrap:anywhere}
.sample figcaption small{display:block;font-size:.82rem}
.tag{display:inline-block;padding:0 .35rem;border:1px solid currentColor;border-radius:.3rem;color:var(--second);font-size:.8rem;line-height:1.3}
.draws{display:grid;grid-template-columns:repeat(auto-fill,minmax(14rem,1fr));gap:1.1rem 1.5rem;margin:.4rem 0 1.8rem}
.draw{margin:0;overflow-wrap:anywhere}
p.draw{color:var(--soft);font-size:.9rem}p.draw b{color:var(--ink);font-weight:600}
.draw figcaption{margin:0 0 .2rem;line-height:1.35}
.draw figcaption b{color:var(--ink);font-weight:600}
.histogram{display:block;width:100%;max-width:20rem;height:auto}
.histogram rect{fill:var(--accent)}
.histogram path{stroke:var(--soft);fill:none}
.histogram text{fill:var(--soft);font-size:12px}
.histogram .end{text-anchor:end}
.shares{display:grid;gap:.2rem;margin:0;padding:0;list-style:none;font-size:.88rem;max-width:20rem}
.shares li{display:grid;grid-template-columns:minmax(5rem,9rem) 1fr 2.6rem;gap:.5rem;align-items:center}
.operator{margin:1.5rem 0 .2rem}
.operator small{font-weight:400;color:var(--soft);font-size:.9rem}
@media (max-width:44rem){.ends figure{flex:0 0 calc(50% - .375rem);min-width:0}.steps{grid-template-columns:repeat(2,minmax(0,1fr))}.sample figcaption{font-size:.82rem}}
`;
