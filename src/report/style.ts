/** The colours and type of all pages, as src/ui/page/shared/theme.css has them; and how reports name some of them. */
export const theme = `
:root{color-scheme:light dark;--sans:-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans","Liberation Sans",Arial,"PingFang TC","Noto Sans TC","Noto Sans CJK TC","Microsoft JhengHei",sans-serif;--mono:ui-monospace,"SF Mono","Cascadia Mono","Roboto Mono","Noto Sans Mono","DejaVu Sans Mono","Noto Sans TC","Noto Sans CJK TC",monospace;
--ground:#f1efe9;--panel:#f9f8f4;--raised:#ffffff;--well:#e4e1d9;--ink:#1b1d20;--ink-2:#4d5157;--ink-3:#63676d;--line:#d6d2c8;--line-strong:#85827a;--accent:#8f4a00;--cool:#0b6b62;--cool-fill:#2f9c90;--bad:#a6210f;--focus:#0b57d0;--series-1:#0b6b62;--series-2:#b3400e;--grid:#e2dfd6;
--soft:var(--ink-2);--page:var(--ground);--card:var(--panel);--good:var(--cool);--warn:var(--accent);--second:var(--series-2)}
@media (prefers-color-scheme:dark){:root{--ground:#0f1113;--panel:#15181b;--raised:#1c2024;--well:#0a0b0d;--ink:#e9e7e2;--ink-2:#aeb2b8;--ink-3:#8e939a;--line:#282c31;--line-strong:#6d7279;--accent:#f0b054;--cool:#74cdbd;--cool-fill:#3fa596;--bad:#ff9a86;--focus:#8ab4f8;--series-1:#6fd0bf;--series-2:#f29a68;--grid:#23272b}}
`;

const text = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0 auto;padding:2rem 1.5rem 3rem;max-width:66rem;background:var(--ground);color:var(--ink);font:.9375rem/1.5 var(--sans);overflow-wrap:break-word}
html:not([lang=zh-TW]) .zh,html[lang=zh-TW] .en{display:none}
h1{margin:0 0 .6rem;font-size:clamp(1.6rem,5vw,2.1rem);line-height:1.15;font-weight:650;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{margin:2.75rem 0 .9rem;padding-top:.9rem;border-top:1px solid var(--line-strong);font-size:1.2rem;line-height:1.3;font-weight:650}
h3{margin:0 0 .4rem;font-size:.9375rem;font-weight:650;overflow-wrap:anywhere}
p{margin:.5rem 0}
a{color:inherit;text-decoration-color:var(--line-strong);text-underline-offset:.2em}a:hover{text-decoration-color:currentColor}
:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
button,select,input{font:inherit;color:inherit}
button,select{padding:.2rem .6rem;border:1px solid var(--line-strong);border-radius:3px;background:var(--raised);cursor:pointer}
input[type=range]{accent-color:var(--cool-fill);min-width:0}
header{position:relative}
.kind{margin:0 8rem .1rem 0;color:var(--soft);font-size:.85rem}
.segments{display:inline-flex;margin:0;padding:0;border:1px solid var(--line-strong);border-radius:3px;overflow:hidden}.segments[hidden]{display:none}
.segments button{padding:.12rem .6rem;border:0;border-radius:0;background:none;color:var(--ink-2)}
.segments button+button{border-left:1px solid var(--line-strong)}
.segments button[aria-pressed=true]{color:var(--ground);background:var(--ink)}.segments button:focus-visible{outline-offset:-3px}
.tongues{position:absolute;top:-.25rem;right:0;font-size:.85rem}
.lead{margin:0 0 1.4rem;max-width:48rem;font-size:1.1rem;line-height:1.45}
.used,.won{color:var(--good)}.skipped{color:var(--warn)}.failed,.lost,.unknown{color:var(--bad)}
.empty,figcaption,caption,footer{color:var(--soft);font-size:.85rem}
code,pre,.path{font-family:var(--mono);font-size:.92em}
footer{margin-top:3rem}
`;

const layout = `
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:1px;margin:0}
.facts strong{white-space:nowrap}
.facts div{padding:.65rem .8rem;background:var(--panel);outline:1px solid var(--line)}
.facts dt{color:var(--soft);font-size:.8rem;overflow-wrap:anywhere}
.facts dd{margin:0}.facts b{display:block;font-size:1.2rem;font-weight:650;font-variant-numeric:tabular-nums}
.facts small{display:block;color:var(--soft);font-size:.8rem}
nav ul,.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;margin:1.3rem 0 0;padding:0;list-style:none}
figure{margin:1.3rem 0}
figcaption{margin-top:.4rem;max-width:60rem}
.scroll{overflow-x:auto}
table{border-collapse:separate;border-spacing:0;margin:.6rem 0;font-size:.875rem}
caption{text-align:left;padding-bottom:.4rem;caption-side:top}
caption span{display:inline-block;max-width:calc(100vw - 3rem)}
th,td{padding:.32rem .9rem .32rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
th:last-child,td:last-child{padding-right:0}
th{font-weight:600}thead th{color:var(--soft);vertical-align:bottom;line-height:1.3}
tbody th{font-weight:500}tfoot :is(th,td){font-weight:650;border-bottom:0}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
thead .n{white-space:normal}thead .zh{word-break:keep-all}
.files,.changes{width:100%}
.files tbody .path{width:36%}.files .path,.files .text{min-width:8rem}.files .text{white-space:pre-line}
.changes tbody th{width:40%}.changes th code{overflow-wrap:normal}.changes .text{min-width:6rem}.changes i{color:var(--soft)}
th.path{min-width:6rem}
.path,.text,.changes code{overflow-wrap:anywhere}
.path{white-space:pre-wrap}
.unseen{color:var(--second);border:1px dotted;border-radius:.2rem;padding:0 .1rem}
.stages{width:100%}.stages tbody th{position:sticky;left:0;background:var(--ground)}
.slowest th,.slowest small{color:var(--second);font-weight:650}
details{margin:.6rem 0;padding:.5rem .9rem;background:var(--panel);border:1px solid var(--line)}
summary{font-weight:600;cursor:pointer}
details>.scroll,details>pre{color:var(--ink)}
.reasons{margin:.5rem 0;padding-left:1.2rem;color:var(--ink);font-size:.875rem}
pre{margin:.6rem 0;padding:.7rem .9rem;overflow-x:auto;background:var(--panel);border:1px solid var(--line);font-size:.85rem;line-height:1.45;tab-size:2}
pre code{font-size:1em}
.command{white-space:pre-wrap;overflow-wrap:anywhere}
.copyable{position:relative}.copyable pre{padding-right:5.5rem}.copyable button{position:absolute;top:.4rem;right:.4rem;font-size:.8rem}
details pre{padding:0;border:0;background:none}
.pairs{margin:.6rem 0}
.pairs div{display:grid;grid-template-columns:minmax(9rem,17rem) 1fr;gap:0 1rem;padding:.32rem 0;border-bottom:1px solid var(--line)}
.pairs dt{color:var(--soft)}.pairs dd{margin:0;overflow-wrap:anywhere}.pairs small{color:var(--soft)}
.bars{display:grid;gap:.35rem;margin:0;padding:0;list-style:none;font-size:.875rem}
.bars li{display:grid;grid-template-columns:minmax(5rem,8rem) 1fr 3rem;gap:.75rem;align-items:center}
.track{height:.8rem;background:var(--well);overflow:hidden}
.track i{display:block;height:100%;min-width:1px;background:var(--series-1)}
.slowest .track i{background:var(--second)}.bars .slowest{font-weight:650}
`;

const pictures = `
.scene{margin:1.4rem 0 2rem}
.views{display:grid;gap:1rem 1.5rem;margin:.5rem 0 1rem}
.views:has(.comparison:not([hidden])){grid-template-columns:minmax(0,32rem) minmax(0,1fr)}.views:has(.comparison:not([hidden])) .row{grid-template-columns:repeat(2,minmax(0,1fr));align-content:start}
.compare{--at:50%;position:relative;width:100%;overflow:hidden;background:var(--well);touch-action:pan-y}
.compare img{position:absolute;inset:0;width:100%;height:100%;user-select:none}
.compare img{image-rendering:pixelated}
.over{z-index:1;clip-path:inset(0 calc(100% - var(--at)) 0 0)}
.compare-label{position:absolute;z-index:2;bottom:.5rem;padding:.1rem .45rem;font-size:.78rem;line-height:1.4;color:#fff;background:rgb(0 0 0/.68)}
.compare-label.left{left:.5rem}.compare-label.right{right:.5rem}
.compare-border{position:absolute;z-index:2;top:0;bottom:0;left:var(--at);width:2px;margin-left:-1px;background:#fff;box-shadow:0 0 0 1px rgb(0 0 0/.45);pointer-events:none}
.compare-border::after{content:"";position:absolute;top:50%;left:50%;width:1.5rem;height:1.5rem;margin:-.75rem 0 0 -.75rem;border-radius:50%;background:linear-gradient(#222,#222) calc(50% - 3px) 50%/2px 9px no-repeat,linear-gradient(#222,#222) calc(50% + 3px) 50%/2px 9px no-repeat,#fff;box-shadow:0 0 0 1px rgb(0 0 0/.45)}
.compare-slider{position:absolute;z-index:3;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:ew-resize}
.compare:has(.compare-slider:focus-visible){outline:2px solid var(--focus);outline-offset:2px}
.choices{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:.5rem 1rem;margin-top:.6rem;font-size:.85rem;color:var(--soft)}
.choices select{color:var(--ink)}
.iterations{display:flex;flex:1 0 100%;align-items:center;gap:.5rem;white-space:nowrap}.iterations input{flex:1;width:2.5rem;min-width:0}
.iterations output{min-width:3.5em;color:var(--ink);font-variant-numeric:tabular-nums}
.row{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:.75rem}
.row figure{margin:0}.row img{display:block;width:100%;height:auto;background:var(--well)}
.row figcaption{margin-top:.25rem;line-height:1.35}.row small{display:block;color:var(--ink);font-size:.85rem;font-variant-numeric:tabular-nums}
.film .row{margin:.7rem 0 .3rem}
@media (max-width:44rem){.row{grid-template-columns:repeat(2,minmax(0,1fr))}.views:has(.comparison:not([hidden])){grid-template-columns:minmax(0,1fr)}}
`;

const curves = `
.curves{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,26rem),1fr));gap:1.5rem 2rem;margin:1rem 0}
.curves:not(:has(figure)){display:none}
.curves figure{margin:0;min-width:0}
.legend{margin:0 0 .2rem;font-size:.82rem;color:var(--soft);gap:.1rem 1rem}
.head{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem}
.unit{margin:0;color:var(--ink-3);font-size:.78rem;line-height:1.3}.unit.end{text-align:right}
.key{display:inline-block;width:1.4rem;height:0;margin-right:.4rem;vertical-align:.28em;border-top:.16rem solid var(--series-1)}
.key.band{height:.7rem;border:0;background:var(--series-1);opacity:.25;vertical-align:-.06em}
.key.dots{width:.45rem;border-top-width:.4rem;border-radius:50%;opacity:.45;vertical-align:.12em}
.key.dashed{border-top-style:dashed;border-color:var(--series-2)}
.chart{position:relative;touch-action:pan-y}
.plot{display:block;width:100%;height:auto}
.plot path{fill:none}
.plot text{fill:var(--soft);font-size:12.5px}
.grid path{stroke:var(--grid)}.axis path{stroke:var(--line-strong)}
.end text{text-anchor:end}.middle text{text-anchor:middle}
.plot .dots{stroke:var(--series-1);stroke-width:4;stroke-linecap:round;opacity:.4}
.plot .band{fill:var(--series-1);opacity:.25}
.plot .line,.plot .marked{stroke:var(--series-1);stroke-width:2;stroke-linejoin:round}
.plot .dashed{stroke:var(--series-2);stroke-width:2;stroke-dasharray:6 4}
.mark,.cursor circle{fill:var(--series-1)}
.cursor{visibility:hidden}.cursor path{stroke:var(--ink-3);stroke-dasharray:2 3}
.read .cursor,.chart:focus-within .cursor{visibility:visible}
.scrub{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:crosshair}
.chart:has(.scrub:focus-visible){outline:2px solid var(--focus);outline-offset:2px}
.readout{margin:0;font-size:.78rem;line-height:1.3;font-variant-numeric:tabular-nums}
`;

const elsewhere = `
@media (max-width:44rem){th,td{padding-right:.6rem}body{padding:1.1rem 1rem 2rem}.pairs div{grid-template-columns:1fr}.facts{grid-template-columns:repeat(2,1fr)}.lead{font-size:1rem}.plot text{font-size:14px}.bars li{grid-template-columns:5rem 1fr 2.6rem;gap:.5rem}}
@media print{:root{--ground:#fff;--panel:#fff;--raised:#fff;--well:#eee}body{max-width:none;padding:0;font-size:9.5pt}figure,tr,.facts,.scene .row{break-inside:avoid}h2,h3{break-after:avoid}nav,.tongues,.comparison,.copyable button,.readout{display:none}.views:has(.comparison:not([hidden])){display:block}.views:has(.comparison:not([hidden])) .row{grid-template-columns:repeat(4,1fr)}.scroll,pre{overflow:visible}pre{white-space:pre-wrap}.curves{grid-template-columns:1fr 1fr}a{text-decoration:none}}
`;

/** Style sheet of the report: light by default, dark where the reader's system is. */
export const style = [theme, text, layout, pictures, curves, elsewhere].join('');
