/** Style sheet of the report: light by default, dark where the reader's system is. */
export const style = `
:root{color-scheme:light dark;--page:#fbfbf9;--card:#fff;--ink:#1c2126;--soft:#59636e;--line:#dcdfe3;--accent:#0b62c4;--second:#b25405;--good:#14713a;--warn:#8a5a00;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--page:#14171a;--card:#1b1f24;--ink:#e6e9ec;--soft:#9aa5b1;--line:#343b43;--accent:#6cb0ff;--second:#f0a35e;--good:#62c98a;--warn:#e3b34a;--bad:#ff8a80}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2rem 1.25rem 3rem;max-width:62rem;background:var(--page);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
h1{margin:0 0 .5rem;font-size:clamp(1.7rem,5vw,2.3rem);line-height:1.15;overflow-wrap:anywhere}
h2{margin:3rem 0 1rem;padding-top:1rem;border-top:1px solid var(--line);font-size:1.35rem;line-height:1.3}
h3{margin:0 0 .5rem;font-size:1rem;overflow-wrap:anywhere}
p{margin:.6rem 0}
a{color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.kind{margin:0;color:var(--soft);font-size:.9rem}
.lead{margin:0 0 1.5rem;max-width:46rem;font-size:1.15rem}
.used,.won{color:var(--good)}.skipped{color:var(--warn)}.failed,.lost,.unknown{color:var(--bad)}
.empty,figcaption,caption,footer{color:var(--soft);font-size:.9rem}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;margin:0}
.facts strong{white-space:nowrap}
.facts div{padding:.7rem .8rem;background:var(--card);border:1px solid var(--line);border-radius:.5rem}
.facts dt{color:var(--soft);font-size:.85rem;overflow-wrap:anywhere}
.facts dd{margin:0}.facts b{display:block;font-size:1.2rem;font-weight:650;font-variant-numeric:tabular-nums}
.facts small{display:block;color:var(--soft);font-size:.85rem}
nav ul,.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;margin:1.5rem 0 0;padding:0;list-style:none}
figure{margin:1.5rem 0}
figcaption{margin-top:.5rem;max-width:max(100%,40rem)}
.scroll{overflow-x:auto}
.picture img{display:block;max-width:100%;height:auto;border-radius:.35rem}
table{border-collapse:separate;border-spacing:0;margin:.75rem 0;font-size:.92rem}
caption{text-align:left;padding-bottom:.4rem;caption-side:top}
caption span{display:inline-block;max-width:calc(100vw - 2.5rem)}
th,td{padding:.35rem .9rem .35rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
th:last-child,td:last-child{padding-right:0}
th{font-weight:600}thead th{color:var(--soft);vertical-align:bottom;line-height:1.3}
tbody th{font-weight:500}tfoot :is(th,td){font-weight:650;border-bottom:0}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
thead .n{white-space:normal}
.files{width:100%}
.files tbody .path{width:36%}.files .path,.files .text{min-width:8rem}.files .text{white-space:pre-line}
th.path{min-width:6rem}
.path,.text{overflow-wrap:anywhere}
.path,code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.92em}
.path{white-space:pre-wrap}
.unseen{color:var(--second);border:1px dotted;border-radius:.2rem;padding:0 .1rem}
.stages tbody th{position:sticky;left:0;background:var(--page)}
.slowest th,.slowest small{color:var(--second);font-weight:650}
details{margin:.6rem 0;padding:.5rem .9rem;background:var(--card);border:1px solid var(--line);border-radius:.5rem}
summary{font-weight:600;cursor:pointer}
details>.scroll,details>pre{color:var(--ink)}
.reasons{margin:.5rem 0;padding-left:1.2rem;color:var(--ink);font-size:.92rem}
pre{margin:.6rem 0;padding:.8rem 1rem;overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:.5rem;font-size:.9rem;line-height:1.45;tab-size:2}
.command{white-space:pre-wrap;overflow-wrap:anywhere}
details pre{padding:0;border:0}
.pairs{margin:.6rem 0}
.pairs div{display:grid;grid-template-columns:minmax(10rem,20rem) 1fr;gap:0 1rem;padding:.35rem 0;border-bottom:1px solid var(--line)}
.pairs dt{color:var(--soft)}.pairs dd{margin:0;overflow-wrap:anywhere}
.bars{display:grid;gap:.35rem;margin:0;padding:0;list-style:none;font-size:.92rem}
.bars li{display:grid;grid-template-columns:minmax(6rem,9rem) 1fr 3rem;gap:.75rem;align-items:center}
.track{height:.9rem;background:var(--line);border-radius:.2rem;overflow:hidden}
.track i{display:block;height:100%;min-width:1px;background:var(--accent)}
.slowest .track i{background:var(--second)}.bars .slowest{font-weight:650}
.legend{margin:0 0 .25rem;font-size:.88rem;color:var(--soft)}
.key{display:inline-block;width:1.4rem;height:0;margin-right:.4rem;vertical-align:.28em;border-top:.16rem solid var(--accent)}
.key.band{height:.7rem;border:0;background:var(--accent);opacity:.25;vertical-align:-.06em}
.key.dots{width:.45rem;border-top-width:.4rem;border-radius:50%;opacity:.4;vertical-align:.12em}
.key.dashed{border-top-style:dashed;border-color:var(--second)}
.plot{display:block;width:100%;height:auto}
.plot path{fill:none}
.plot text{fill:var(--soft);font-size:13px}
.narrow{display:none}
.grid path{stroke:var(--line)}.axis path{stroke:var(--soft)}
.plot .end,.end text{text-anchor:end}.middle text{text-anchor:middle}
.plot .dots{stroke:var(--accent);stroke-width:4;stroke-linecap:round;opacity:.35}
.plot .band{fill:var(--accent);opacity:.25}
.plot .line,.plot .marked{stroke:var(--accent);stroke-width:2.2;stroke-linejoin:round}
.plot .dashed{stroke:var(--second);stroke-width:2;stroke-dasharray:7 5}
.mark,.readout circle{fill:var(--accent)}
.readout rect{fill:transparent}
.readout path{stroke:var(--soft);stroke-dasharray:2 3}
.readout :is(path,circle){visibility:hidden;pointer-events:none}
.readout:hover :is(path,circle){visibility:visible}
footer{margin-top:3rem}
@media (max-width:44rem){th,td{padding-right:.55rem}body{padding-top:1.25rem}.wide{display:none}.narrow{display:block;max-width:28rem}.panorama img{max-width:none;width:max(100%,40rem)}.pairs div{grid-template-columns:1fr}.facts{grid-template-columns:repeat(2,1fr)}}
@media print{body{max-width:none}figure,tr{break-inside:avoid}nav{display:none}}
`;
