import { count, plural } from './format.js';
import { type Content, type Html, html } from './html.js';

interface Pair<T> {
  readonly en: T;
  readonly zh: T;
}

const p = (en: string, zh: string): Pair<string> => ({ en, zh });
const f = <A extends readonly unknown[], R extends Content>(
  en: (...values: A) => R,
  zh: (...values: A) => R,
): Pair<(...values: A) => R> => ({ en, zh });

/** Every text of a report, in English and in Taiwanese Mandarin. Names, paths, options and errors stay as they are. */
export const texts = {
  language: p('Language', '語言'),
  runReport: f(
    (when: string) => `Run report, ${when}`,
    (when: string) => `執行報告，${when}`,
  ),
  sections: p('Sections', '章節'),
  madeBy: f(
    (version: string) => `Made by esrgan-stream ${version}.`,
    (version: string) => `由 esrgan-stream ${version} 產生。`,
  ),
  pictures: p('Pictures', '圖片'),
  training: p('Training', '訓練'),
  stages: p('Stages', '階段'),
  files: p('Input files', '輸入檔案'),
  plan: p('Plan', '計畫'),
  options: p('Options', '選項'),
  setup: p('How to reproduce', '如何重現'),

  iterations: f(
    (n: number) => plural(n, 'iteration'),
    (n: number) => `${count(n)} 次疊代`,
  ),
  iteration: p('iteration', '疊代'),
  atIteration: f(
    (n: number) => `iteration ${count(n)}`,
    (n: number) => `第 ${count(n)} 次疊代`,
  ),
  batches: f(
    (n: number) => plural(n, 'batch', 'batches'),
    (n: number) => `${count(n)} 批`,
  ),
  crops: f(
    (n: number) => plural(n, 'crop'),
    (n: number) => `${count(n)} 個裁切`,
  ),
  images: f(
    (n: number) => plural(n, 'image'),
    (n: number) => `${count(n)} 張影像`,
  ),
  pairs: f(
    (n: number) => plural(n, 'pair'),
    (n: number) => `${count(n)} 對`,
  ),
  filesCount: f(
    (n: number) => plural(n, 'file'),
    (n: number) => `${count(n)} 個檔案`,
  ),
  cores: f(
    (n: number) => plural(n, 'core'),
    (n: number) => `${count(n)} 核心`,
  ),

  // The one sentence.
  onEngine: f(
    (name: string) => ` on the ${name} engine`,
    (name: string) => `（引擎：${name}）`,
  ),
  stillTraining: f(
    (at: string, of: string, time: string, where: string) =>
      `Still training: iteration ${at} of ${of} after ${time}${where}`,
    (at: string, of: string, time: string, where: string) =>
      `訓練進行中：${time} 後到第 ${at} 次疊代，共 ${of} 次${where}`,
  ),
  endedEarly: f(
    (time: string, where: string) =>
      `Training ended after ${time}${where} before its first recorded iteration`,
    (time: string, where: string) => `訓練在 ${time} 後結束${where}，尚未記錄任何疊代`,
  ),
  trainedUpTo: f(
    (stopped: boolean, at: string, batches: number, time: string, where: string) =>
      `${stopped ? 'Stopped on request: trained' : 'Trained'} up to iteration ${at} (${plural(batches, 'batch', 'batches')} in this run) in ${time}${where}`,
    (stopped: boolean, at: string, batches: number, time: string, where: string) =>
      `${stopped ? '依要求停止：' : ''}以 ${time} 訓練到第 ${at} 次疊代（本次 ${count(batches)} 批）${where}`,
  ),
  trained: f(
    (stopped: boolean, n: number, time: string, where: string) =>
      `${stopped ? 'Stopped on request: trained' : 'Trained'} ${plural(n, 'iteration')} in ${time}${where}`,
    (stopped: boolean, n: number, time: string, where: string) =>
      `${stopped ? '依要求停止：' : ''}以 ${time} 訓練了 ${count(n)} 次疊代${where}`,
  ),
  streamed: f(
    (stopped: boolean, kept: boolean, crops: number, images: number, batches: number, time: string) => {
      const verb = kept ? 'wrote' : 'streamed';
      const how = stopped ? `Stopped on request: ${verb}` : kept ? 'Wrote' : 'Streamed';
      const inBatches = batches > 0 ? ` in ${plural(batches, 'batch', 'batches')}` : '';
      return `${how} ${plural(crops, 'crop')} from ${plural(images, 'image')}${inBatches} in ${time}${kept ? '' : ', and kept nothing'}`;
    },
    (stopped: boolean, kept: boolean, crops: number, images: number, batches: number, time: string) =>
      `${stopped ? '依要求停止：' : ''}以 ${time} 從 ${count(images)} 張影像${kept ? '寫出' : '產生'} ${count(crops)} 個裁切${batches > 0 ? `（${count(batches)} 批）` : ''}${kept ? '' : '，未保留任何內容'}`,
  ),
  reachesOne: f(
    (name: Html, psnr: string, bicubic: string, ending: string) =>
      html`the network reaches ${psnr} on ${name} against bicubic’s ${bicubic}${ending}`,
    (name: Html, psnr: string, bicubic: string, ending: string) =>
      html`網路在 ${name} 上達到 ${psnr}，bicubic 為 ${bicubic}${ending}`,
  ),
  reachesMean: f(
    (n: number, psnr: string, bicubic: string, ending: string, wins: number) =>
      html`the network reaches a mean of ${psnr} on ${n} pictures against bicubic’s ${bicubic}${ending} (ahead on ${wins} of ${n})`,
    (n: number, psnr: string, bicubic: string, ending: string, wins: number) =>
      html`網路在 ${n} 張圖片上平均達到 ${psnr}，bicubic 為 ${bicubic}${ending}（${n} 張中 ${wins} 張領先）`,
  ),
  endings: {
    en: {
      won: (by: string) => `, so it wins by ${by}`,
      lost: (by: string) => `, so it loses by ${by}`,
      tied: () => ', a tie',
      unknown: () => ', so the two cannot be compared',
    },
    zh: {
      won: (by: string) => `，領先 ${by}`,
      lost: (by: string) => `，落後 ${by}`,
      tied: () => '，平手',
      unknown: () => '，無法比較',
    },
  },
  semicolon: p('; ', '；'),
  stop: p('.', '。'),

  // The facts at the head.
  meanPsnr: p('Mean PSNR', '平均 PSNR'),
  bicubicIs: f(
    (db: string) => `bicubic ${db}`,
    (db: string) => `bicubic ${db}`,
  ),
  loss: f(
    (name: string) => `Loss ${name}`,
    (name: string) => `損失 ${name}`,
  ),
  lossHeading: p('Loss', '損失'),
  atStart: f(
    (value: string) => `${value} at the start`,
    (value: string) => `開始時 ${value}`,
  ),
  filesUsed: p('Files used', '使用的檔案'),
  ofTotal: f(
    (n: number, total: number) => `${count(n)} of ${count(total)}`,
    (n: number, total: number) => `${count(total)} 個中的 ${count(n)} 個`,
  ),
  nFailed: f(
    (n: number) => `${count(n)} failed`,
    (n: number) => `失敗 ${count(n)}`,
  ),
  nSkipped: f(
    (n: number) => `${count(n)} skipped`,
    (n: number) => `略過 ${count(n)}`,
  ),
  nUsed: f(
    (n: number) => `${count(n)} used`,
    (n: number) => `使用 ${count(n)}`,
  ),
  noneLost: p('none skipped, none failed', '沒有略過，沒有失敗'),
  cropsName: p('Crops', '裁切'),
  time: p('Time', '時間'),
  peakMemory: p('Peak memory', '記憶體峰值'),
  wholeProcess: p('of the whole process', '整個行程'),

  // Pictures.
  gt: p('GT', 'GT（原圖）'),
  lq: p('LQ', 'LQ（低畫質）'),
  bicubic: p('bicubic', 'bicubic'),
  network: p('network', '網路'),
  picturesAbout: p(
    'The part of each held-back photograph where bicubic interpolation is furthest from the truth, pixel by pixel.',
    '每張保留照片中 bicubic 內插與原圖差距最大的部分，逐像素顯示。',
  ),
  compareLabel: f(
    (name: string) => `Compare two pictures of ${name}: move the border`,
    (name: string) => `比較 ${name} 的兩張圖片：移動分界線`,
  ),
  leftPicture: p('left', '左'),
  rightPicture: p('right', '右'),
  networkAt: p('network at iteration', '網路，疊代'),
  pictureAlt: f(
    (name: string, what: string) => `${name}: ${what}`,
    (name: string, what: string) => `${name}：${what}`,
  ),
  earlier: f(
    (n: number) => `The network at ${plural(n, 'earlier iteration')}`,
    (n: number) => `先前 ${count(n)} 個疊代時的網路`,
  ),
  morePictures: f(
    (n: number) =>
      `Pictures of ${plural(n, 'more photograph')} are not shown; the table of the last validation has all figures.`,
    (n: number) => `另有 ${count(n)} 張照片未顯示；最後一次驗證的表格列出所有數值。`,
  ),

  // Curves.
  engine: p('Engine', '引擎'),
  engineIs: p('Engine: ', '引擎：'),
  noLosses: p('No losses were recorded.', '未記錄任何損失。'),
  noValidation: p('No validation was made.', '未進行驗證。'),
  everyStep: p('every recorded step', '每個記錄的步驟'),
  lowestToHighest: p('lowest to highest', '最低到最高'),
  smoothed: p('smoothed', '平滑後'),
  logScale: p(' (log scale)', '（對數刻度）'),
  readCurve: f(
    (name: string) => `Read ${name}: arrow keys move along the curve`,
    (name: string) => `讀取 ${name}：以方向鍵沿曲線移動`,
  ),
  lossStory: f(
    (name: string, start: string, end: string, over: number, n: number) => {
      const steps = over === 1 ? 'step' : `${over} steps`;
      return `${name}: ${start} over the first ${steps}, ${end} over the last ${steps}, ${plural(n, 'recorded step')}.`;
    },
    (name: string, start: string, end: string, over: number, n: number) =>
      `${name}：前 ${over} 步 ${start}，後 ${over} 步 ${end}，共記錄 ${count(n)} 步。`,
  ),
  onlyStep: f(
    (end: string, iter: string) => `${end} at iteration ${iter}, the only recorded step.`,
    (end: string, iter: string) => `第 ${iter} 次疊代 ${end}，唯一記錄的步驟。`,
  ),
  lostSteps: f(
    (n: number, first: string) =>
      `${count(n)} recorded ${n === 1 ? 'step has' : 'steps have'} a loss that is not a finite number (the first at iteration ${first}); they are not shown.`,
    (n: number, first: string) =>
      `${count(n)} 個記錄的步驟損失不是有限數值（第一個在第 ${first} 次疊代）；未顯示。`,
  ),
  learningRate: p('Learning rate', '學習率'),
  generator: p('generator', '生成器'),
  discriminator: p('discriminator', '鑑別器'),
  rateStory: f(
    (first: string, last: string) => `The learning rate went from ${first} to ${last}.`,
    (first: string, last: string) => `學習率從 ${first} 變為 ${last}。`,
  ),
  stepTime: p('Time of a step', '每步時間'),
  seconds: p('seconds', '秒'),
  wholeStep: p('whole step', '整個步驟'),
  waitingForData: p('waiting for data', '等待資料'),
  timeStory: f(
    (whole: string, data: string, share: string) =>
      `A step took ${whole} in the middle of all records, ${data} of it waiting for data (${share}).`,
    (whole: string, data: string, share: string) =>
      `每步時間的中位數為 ${whole}，其中等待資料 ${data}（${share}）。`,
  ),
  psnrOn: p('PSNR on', 'PSNR：'),
  psnrDb: p('PSNR, dB', 'PSNR，dB'),
  meanOf: f(
    (n: number) => `the mean of ${n} pictures`,
    (n: number) => `${n} 張圖片的平均`,
  ),
  curveStory: f(
    (
      what: string,
      label: string,
      first: string,
      firstAt: string,
      last: string,
      best: string,
      bestAt: string,
    ) =>
      `${what} of the network on ${label}: ${first} at iteration ${firstAt}, ${last} at the end, best ${best} at iteration ${bestAt}.`,
    (
      what: string,
      label: string,
      first: string,
      firstAt: string,
      last: string,
      best: string,
      bestAt: string,
    ) =>
      `網路在 ${label} 上的 ${what}：第 ${firstAt} 次疊代 ${first}，結束時 ${last}，最佳為第 ${bestAt} 次疊代的 ${best}。`,
  ),
  metricMean: p('mean over the photographs', '所有照片的平均'),
  lastValidation: p('Last validation', '最後一次驗證'),
  lastValidationAbout: p(
    'Last validation: PSNR in dB, on RGB, borders cropped by the scale',
    '最後一次驗證：RGB 的 PSNR（dB），邊緣依倍率裁去',
  ),
  allValidations: f(
    (n: number) => `All ${plural(n, 'validation')}, PSNR in dB`,
    (n: number) => `全部 ${count(n)} 次驗證，PSNR（dB）`,
  ),
  metricsTable: p('Metrics of the options', '選項中的指標'),
  metricsAbout: p('Metrics of the options, means over the photographs', '選項中的指標，所有照片的平均'),
  picture: p('Picture', '圖片'),
  networkColumn: p('Network', '網路'),
  gain: p('Gain', '差距'),
  result: p('Result', '結果'),
  iterationColumn: p('Iteration', '疊代'),
  mean: p('mean', '平均'),
  verdicts: {
    en: { won: 'won', lost: 'lost', tied: 'tie', unknown: 'unknown' },
    zh: { won: '勝', lost: '負', tied: '平手', unknown: '未知' },
  },

  // Stages.
  noStages: p('No stage statistics were recorded.', '未記錄階段統計。'),
  slowestIs: f(
    (name: Html, share: string) => html`The slowest stage is ${name}: busy ${share} of the run.`,
    (name: Html, share: string) => html`最慢的階段是 ${name}：忙碌佔執行時間的 ${share}。`,
  ),
  nobodyBusy: p(
    ' No stage was busy half of the time; the rest went to starting, waiting and finishing.',
    '沒有階段忙碌超過一半時間；其餘用於啟動、等待與收尾。',
  ),
  keptUp: p(' The stages before it kept up.', '前面的階段都跟得上。'),
  setsPaceNotTraining: p(' It sets the pace, not the training.', '決定速度的是它，不是訓練。'),
  setsPace: p(' It sets the pace.', '速度由它決定。'),
  processTook: f(
    (bytes: string) => ` The process took ${bytes} of memory at its peak.`,
    (bytes: string) => `行程的記憶體峰值為 ${bytes}。`,
  ),
  whereTime: p('Where the time goes', '時間用在哪裡'),
  barsAbout: p(
    'Share of the run in which each stage was busy: its working time divided by how many items it may work on at once. The longest bar is the stage to make faster.',
    '各階段忙碌的時間比例：工作時間除以可同時處理的項目數。最長的就是該加速的階段。',
  ),
  stageTable: p('Stage statistics', '階段統計'),
  stageTableAbout: p(
    'In the order of the stream. Waiting: items inside a stage, on average. Held: bytes when the run ended, and the most allowed.',
    '依串流順序。等待：階段內的平均項目數。持有：執行結束時的位元組數與上限。',
  ),
  stageColumn: p('Stage', '階段'),
  inColumn: p('In', '輸入'),
  outColumn: p('Out', '輸出'),
  rateColumn: p('Out per second', '每秒輸出'),
  waitingColumn: p('Waiting, mean', '平均等待'),
  perItem: p('Work per item', '每項工作'),
  atOnce: p('At once', '同時'),
  every: p('One item every', '每項間隔'),
  workTotal: p('Work in total', '工作總計'),
  heldColumn: p('Held', '持有'),
  slowest: p('slowest', '最慢'),
  heldOf: f(
    (held: string, most: string) => `${held} of ${most}`,
    (held: string, most: string) => `${held}／${most}`,
  ),
  paceOver: f(
    (what: string) => `Pace of ${what}`,
    (what: string) => `${what} 的速度`,
  ),
  perSecond: p('per second', '每秒'),
  elapsed: p('seconds since the start', '開始後秒數'),
  atSecond: p('second', '秒'),
  paceStory: f(
    (what: string, middle: string, low: string, high: string) =>
      `${what}: ${middle} a second in the middle, between ${low} and ${high}.`,
    (what: string, middle: string, low: string, high: string) =>
      `${what}：中位數每秒 ${middle}，介於 ${low} 與 ${high} 之間。`,
  ),
  memoryOver: p('Memory of the process', '行程的記憶體'),
  memoryStory: f(
    (last: string, peak: string) => `${peak} at its peak, ${last} at the end.`,
    (last: string, peak: string) => `峰值 ${peak}，結束時 ${last}。`,
  ),

  // Files.
  failed: p('Failed', '失敗'),
  skipped: p('Skipped', '略過'),
  usedConverted: p('Used, with conversions', '使用，經過轉換'),
  usedPlain: p('Used as they are', '原樣使用'),
  file: p('File', '檔案'),
  reason: p('Reason', '原因'),
  notes: p('Notes', '備註'),
  noReason: p('no reason given', '未說明原因'),
  titled: f(
    (title: string, n: number) => `${title}: ${count(n)}`,
    (title: string, n: number) => `${title}：${count(n)}`,
  ),
  planCounted: f(
    (n: number, early: boolean) =>
      `The plan counted ${plural(n, 'file')}; ${early ? 'the run was stopped before it reached the others' : 'the two should be equal'}.`,
    (n: number, early: boolean) =>
      `計畫中有 ${count(n)} 個檔案；${early ? '執行在處理其餘檔案之前停止' : '兩者應該相等'}。`,
  ),
  pathsLieIn: f(
    (folder: Html) => html`All paths below lie in ${folder}`,
    (folder: Html) => html`以下路徑都位於 ${folder}`,
  ),

  // Plan.
  filesFound: p('Files found', '找到的檔案'),
  foundDetail: f(
    (files: number, images: number, skipped: number) =>
      `${count(files)}: ${plural(images, 'image')}, ${count(skipped)} skipped`,
    (files: number, images: number, skipped: number) =>
      `${count(files)}：${count(images)} 張影像，略過 ${count(skipped)}`,
  ),
  batchSize: p('Batch size', '批次大小'),
  batchesPerEpoch: p('Batches per epoch', '每個 epoch 的批數'),
  sameSource: p('Pairs of a batch from the same source', '同一批中來自同一來源的配對'),
  perfectShuffle: f(
    (share: string, perfect: string) => `${share} (a perfect shuffle: ${perfect})`,
    (share: string, perfect: string) => `${share}（完美洗牌：${perfect}）`,
  ),
  memoryBudget: p('Memory budget of the stream', '串流的記憶體預算'),
  preCrop: p('Disk the pre-crop chain would have written', '預先裁切流程原本會寫入的磁碟空間'),
  preCropDetail: f(
    (bytes: string) => `about ${bytes} of scaled copies and sub-images`,
    (bytes: string) => `約 ${bytes} 的縮放副本與子影像`,
  ),
  windows: p('Windows of one epoch', '一個 epoch 的視窗'),
  cropsAtScale: p('Crops at each scale', '各尺寸的裁切'),
  scale: p('Scale', '尺寸'),
  imagesColumn: p('Images', '影像'),
  allScales: p('all scales', '所有尺寸'),

  // Options.
  changedHere: p('Changed on the command line', '命令列上的變更'),
  nothingChanged: p('Nothing: the run is what its files say.', '無：執行內容與檔案相同。'),
  publishedIs: f(
    (name: Html) => html`The run is that of the published ${name}, unchanged.`,
    (name: Html) => html`此次執行即為已發布的 ${name}，未作更動。`,
  ),
  differsFrom: f(
    (name: Html, n: number) =>
      html`Against ${name}, the published file it is nearest to: ${plural(n, 'difference')}`,
    (name: Html, n: number) => html`與最接近的已發布檔案 ${name} 相比：${count(n)} 處不同`,
  ),
  optionColumn: p('Option', '選項'),
  inFile: p('In the file', '檔案中'),
  published: p('Published', '已發布'),
  inRun: p('In this run', '本次執行'),
  notSet: p('not set', '未設定'),
  allOptions: f(
    (n: number) => `All ${count(n)} options in effect`,
    (n: number) => `全部 ${count(n)} 個生效的選項`,
  ),
  theFile: f(
    (name: string) => `The file ${name}`,
    (name: string) => `檔案 ${name}`,
  ),
  asRead: p('as it was read, without what the command line changed', '讀取時的內容，不含命令列的變更'),

  // How to reproduce.
  toRunAgain: p(
    'To run it again, from the folder the run was started in:',
    '在執行開始時的資料夾中再次執行：',
  ),
  command: p('Command', '命令'),
  copy: p('Copy', '複製'),
  copied: p('Copied', '已複製'),
  sameBytes: p(
    'The same seed gives the same pairs in the same order on any number of threads; weights are equal to the last bit on an engine that computes deterministically.',
    '相同的種子在任何執行緒數下都產生相同順序的相同配對；在確定性計算的引擎上，權重逐位元相同。',
  ),
  seed: p('Seed', '種子'),
  hash: p('Configuration', '設定雜湊'),
  hashAbout: p('SHA-256 of all options the result depends on', '影響結果的所有選項的 SHA-256'),
  workingFolder: p('Working folder', '工作資料夾'),
  started: p('Started', '開始時間'),
  platform: p('Platform', '平台'),
  processor: p('Processor', '處理器'),
  memory: p('Memory', '記憶體'),
  versions: p('Versions', '版本'),
} as const;

type Texts = typeof texts;

/** The texts in one language. */
export type Words = { readonly [K in keyof Texts]: Texts[K]['en' | 'zh'] };
