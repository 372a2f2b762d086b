/** How pages look: in the light and in the dark, on a telephone and on paper. Nothing is fetched from anywhere. */

/** The style sheet of every page. */
export const STYLE = `
:root{color-scheme:light dark;--page:#fff;--card:#f6f7f9;--text:#1b1f24;--soft:#57606a;--line:#d5dae0;--accent:#0b5cad;--fill:#9cc4ee;--bad:#b42318;--badfill:#f3a79f;--good:#146c3a;--warn:#8a5300;--goodback:#e3f4e9;--badback:#fdeae8;--warnback:#fdf1dc}
@media (prefers-color-scheme:dark){:root{--page:#14171b;--card:#1d2126;--text:#e8ebef;--soft:#a8b1bc;--line:#3a424c;--accent:#7db8f5;--fill:#2d5f92;--bad:#ff9b90;--badfill:#9c3b33;--good:#7fd7a1;--warn:#f0bd6a;--goodback:#173224;--badback:#3b1d1a;--warnback:#38290f}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem 1rem 3rem;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
.text{max-width:64rem}
.broad{max-width:80rem}
h1{margin:0;font-size:1.6rem;line-height:1.25}
h2{margin:2.25rem 0 .6rem;font-size:1.2rem;line-height:1.3}
h3{margin:1.4rem 0 .4rem;font-size:1rem}
p{margin:.4rem 0}
a{color:var(--accent)}
.soft{color:var(--soft)}
.verdict{display:inline-block;margin:0 0 .5rem;padding:.1rem .7rem;border-radius:1rem;font-weight:600}
td .verdict{margin:0;padding:0 .5rem;font-size:.875rem}
.good{background:var(--goodback);color:var(--good)}
.bad{background:var(--badback);color:var(--bad)}
.warn{background:var(--warnback);color:var(--warn)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.6rem;margin:1rem 0 0;padding:0}
.tiles div{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.5rem .75rem}
.tiles dt{color:var(--soft);font-size:.875rem}
.tiles dd{margin:0;font-size:1.3rem;font-weight:600;font-variant-numeric:tabular-nums}
.wide{overflow-x:auto;border:1px solid var(--line);border-radius:.5rem}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{padding:.4rem .7rem;text-align:left;vertical-align:top;border-top:1px solid var(--line)}
thead th{border-top:0;background:var(--card);color:var(--soft);font-weight:600}
thead th,.verdict{overflow-wrap:break-word}
tbody th{font-weight:600}
.broad th,.broad td{padding:.4rem .5rem}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.short{white-space:nowrap}
td,tbody th{min-width:5rem;overflow-wrap:anywhere}
tbody th{min-width:9rem}
th code{white-space:nowrap}
td.text,th.text{width:60%;min-width:12rem}
td.drawing,th.drawing{width:100%;min-width:8rem}
td ul{margin:0}
.flow{display:flex;flex-wrap:wrap;gap:.1rem 1.2rem;padding:0;list-style:none}
bdi,del,ins,code{unicode-bidi:isolate}
.zero{color:var(--soft)}
.chart{margin:0 0 1rem}
.chart figcaption{display:flex;justify-content:space-between;gap:1rem;font-size:.875rem}
.chart svg{display:block;width:100%;height:9rem;background:var(--card);border:1px solid var(--line);border-radius:.5rem}
.chart svg.low{height:4.5rem}
.axis{display:flex;justify-content:space-between;color:var(--soft);font-size:.8125rem;font-variant-numeric:tabular-nums}
.area{fill:var(--fill);opacity:.55}
.stroke{fill:none;stroke:var(--accent);stroke-width:2;vector-effect:non-scaling-stroke}
.bar{fill:var(--accent)}
.badbar{fill:var(--bad)}
td svg{display:block;width:100%;min-width:6rem;height:.9rem;margin-top:.3rem}
.track{fill:var(--line)}
pre{margin:.4rem 0;padding:.7rem .9rem;background:var(--card);border:1px solid var(--line);border-radius:.5rem;font:.8125rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere;tab-size:2}
code{font:.875em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
details{margin:.6rem 0;border:1px solid var(--line);border-radius:.5rem;padding:.5rem .8rem}
summary{cursor:pointer;font-weight:600}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,16rem),1fr));gap:0 1.2rem}
.charts .chart svg{height:6rem}
.error{border-left:.25rem solid var(--bad);padding:.1rem 0 .1rem .9rem;margin:1rem 0}
.error h2{margin-top:.3rem}
.facts{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.2rem 1rem;margin:.5rem 0}
.facts dt{color:var(--soft)}
.facts dd{margin:0;min-width:0}
ul{margin:.4rem 0;padding-left:1.2rem}
.old,.unwanted{color:var(--bad)}
.new{color:var(--good)}
footer{margin-top:3rem;padding-top:.8rem;border-top:1px solid var(--line);color:var(--soft);font-size:.875rem}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media (max-width:30rem){body{padding:1rem .75rem 2rem}.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.5rem}pre{padding:.6rem;font-size:.75rem}}
/* On a telephone the cells of a row stand below each other, and say what they are. */
@media screen and (max-width:30rem){
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody{display:block}
tbody tr{display:grid;grid-template-columns:1fr 1fr;gap:.15rem 1.25rem;padding:.6rem .75rem;border-top:1px solid var(--line)}
tbody tr:first-child{border-top:0}
tbody th,td{display:block;min-width:0;padding:0;border:0}
tbody th,td.text,td.drawing{grid-column:1/-1;width:auto}
td.n,td.short,td:not([class]){display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 .5rem;white-space:normal}
td:not(.drawing)::before{content:attr(data-of);color:var(--soft)}
td:empty{display:none}
tbody .short{white-space:normal}
.broad tbody tr{display:flex;flex-wrap:wrap;gap:.1rem .9rem}
.broad tbody th{flex:1 0 100%;padding:0}
.broad td.n,.broad td.short{justify-content:flex-start;padding:0;gap:0 .35rem}
.broad td.short::before{content:none}
}
@page{margin:14mm 12mm}
@page broad{size:landscape}
@media print{:root{color-scheme:light;--page:#fff;--card:#fff;--text:#000;--soft:#444;--line:#bbb;--accent:#0b5cad;--fill:#9cc4ee;--bad:#b42318;--badfill:#f3a79f;--good:#146c3a;--warn:#8a5300;--goodback:#fff;--badback:#fff;--warnback:#fff}
body{max-width:none;padding:0;font-size:10pt}
.broad{page:broad}
.wide{overflow:visible}
table,td .verdict{font-size:8pt}
th,td,.broad th,.broad td{padding:.25rem .4rem}
td,tbody th{min-width:3.5rem}
td.text,th.text,td.drawing,th.drawing{min-width:8rem}
pre{font-size:7.5pt}
.verdict{border:1px solid}
details::details-content{content-visibility:visible;block-size:auto}
tr,figure,.tiles div{break-inside:avoid}
h2,h3,figcaption,thead,thead tr{break-after:avoid}
.charts{grid-template-columns:repeat(auto-fit,minmax(13rem,1fr))}
svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
