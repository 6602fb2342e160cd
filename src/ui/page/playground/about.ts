import { language } from '../shared/i18n.js';
import { useStore } from '../shared/store.js';

/**
 * What the built-in operators and their options are, in Taiwanese Mandarin, by what their schemas say in English. So the
 * same sentence is translated once, and whatever has none, as in a plug-in, or has been reworded, is shown in English.
 */
export const abouts: Readonly<Record<string, string>> = {
  // Operators
  'Blur with a kernel of a random family.': '以隨機選出的一類核進行模糊。',
  'Add normally distributed noise.': '加入常態分布的雜訊。',
  'Add shot noise, which follows the Poisson distribution.': '加入服從卜瓦松分布的散粒雜訊。',
  'Compress as JPEG and decode again.': '壓縮為 JPEG 後再解碼。',
  'Change the size.': '改變尺寸。',
  'Halo: an unsharp mask, overdone.': '光暈：過度的非銳化遮罩。',
  'Circular low-pass (sinc) filter: ringing and overshoot.': '圓形低通（sinc）濾波器：產生振鈴與過衝。',
  "Sharpen with a soft unsharp mask, as Real-ESRGAN's training images are.":
    '以柔和的非銳化遮罩銳化，與 Real-ESRGAN 的訓練影像相同。',
  'Compress as AVIF (AV1) and decode again.': '壓縮為 AVIF（AV1）後再解碼。',
  'Reduce the resolution of the colours and leave that of the brightness.':
    '降低色彩的解析度，亮度的解析度不變。',
  'Change levels, gamma and saturation.': '改變色階、伽瑪與飽和度。',
  'Reduce the number of colours, with dithering.': '減少顏色數，並加入抖動。',
  'Give every block of pixels its mean.': '以平均值填滿每個像素方塊。',
  'Reduce the number of colours, without dithering.': '減少顏色數，不加抖動。',
  'Set scattered pixels to white or black.': '將零星的像素設為白色或黑色。',
  'Darken lines, as on a screen, or lay a sine wave over the image.':
    '如螢幕掃描線般使線條變暗，或在影像上疊加正弦波。',
  'Print with dots of full ink whose size follows the tone (halftone).':
    '以大小隨色調變化的實色網點印刷（半色調）。',
  'Shift channels against each other.': '使各通道相互位移。',
  'Multiply with normally distributed noise.': '乘上常態分布的雜訊。',
  'Add evenly distributed noise.': '加入均勻分布的雜訊。',
  'Compress as lossy WebP and decode again.': '壓縮為失真的 WebP 後再解碼。',

  // blur, sinc
  'Kernel families and their weights.': '核的類別與其權重。',
  'Round Gaussian.': '圓形高斯。',
  'Gaussian with two widths, turned by `angle`.': '兩軸寬度不同的高斯，依 `angle` 旋轉。',
  'Round generalised Gaussian, shaped by `betag`.': '圓形廣義高斯，形狀由 `betag` 決定。',
  'Generalised Gaussian with two widths, turned by `angle`.': '兩軸寬度不同的廣義高斯，依 `angle` 旋轉。',
  'Round plateau with long tails, shaped by `betap`.': '圓形平台狀、尾部較長，形狀由 `betap` 決定。',
  'Plateau with two widths, turned by `angle`.': '兩軸寬度不同的平台狀，依 `angle` 旋轉。',
  'Mean of a square of `size` pixels.': '邊長 `size` 像素之正方形內的平均值。',
  'Mean along a line of `length` pixels, turned by `angle`.':
    '沿長度 `length` 像素之線段的平均值，依 `angle` 旋轉。',
  'Mean of a disc of `radius` pixels: out of focus.': '半徑 `radius` 像素之圓盤內的平均值：失焦。',
  'Median of a square of `size` pixels.': '邊長 `size` 像素之正方形內的中位數。',
  'Probability of a circular low-pass (sinc) kernel instead of the families above.':
    '改用圓形低通（sinc）核取代上述類別的機率。',
  'Edge of the kernel in pixels; odd numbers only.': '核的邊長（像素）；僅限奇數。',
  'Standard deviation in pixels.': '標準差（像素）。',
  'Rotation in degrees, clockwise (aniso families, motion).':
    '順時針旋轉角度（度；用於 aniso 各類與 motion）。',
  'Shape of the generalised families; half of the draws lie below 1, half above.':
    '廣義高斯的形狀；一半抽樣小於 1，一半大於 1。',
  'Shape of the plateau families; half of the draws lie below 1 (at 1), half above.':
    '平台狀的形狀；一半抽樣小於 1（取 1），一半大於 1。',
  'Length of a motion in pixels.': '移動的長度（像素）。',
  'Radius of the disc of a lens in pixels.': '鏡頭圓盤的半徑（像素）。',
  'Cut-off frequency in radians per pixel; pi lets everything pass.':
    '截止頻率（弧度／像素）；pi 表示全部通過。',

  // Noise
  'Standard deviation, of 255 levels.': '標準差（以 255 階計）。',
  'Probability that the three channels get the same noise.': '三個通道使用相同雜訊的機率。',
  'Draw the field of such noise for every pair, or once for a batch as the original does.':
    '每個配對各抽一次這種雜訊，或如原始程式每批次抽一次。',
  'Strength: 1 is the noise of so many photons a level as the image has levels.':
    '強度：1 表示每一階的光子數等於影像的階數時的雜訊。',
  'Share of the pixels that are hit.': '受影響像素的比例。',
  'Share of white among those; the others become black.': '其中變為白色的比例；其餘變為黑色。',
  'Probability that whole pixels are hit; otherwise each channel is hit by itself.':
    '整個像素一起受影響的機率；否則各通道各自受影響。',
  'Standard deviation in white, of 255 levels; in darker places less in proportion.':
    '白色處的標準差（以 255 階計）；較暗處依比例減小。',
  'Largest change, of 255 levels.': '最大的變化量（以 255 階計）。',

  // jpeg, webp, avif, chroma_subsampling
  'Quality; whole numbers with `codec`, any with `model`.':
    '品質；使用 `codec` 時限整數，使用 `model` 時可為任意數。',
  'codec: libjpeg. model: the 8 x 8 DCT with which Real-ESRGAN was trained.':
    'codec：libjpeg。model：訓練 Real-ESRGAN 時所用的 8 x 8 DCT。',
  'Resolution of the chroma (codec only; the model has 4:2:0).':
    '色度的解析度（僅用於 codec；model 固定為 4:2:0）。',
  'Quality factor of libwebp.': 'libwebp 的品質係數。',
  'Quality of the encoder.': '編碼器的品質。',
  'Resolution of the chroma.': '色度的解析度。',
  'How long the encoder looks for a better coding. On one core a picture of 64 x 64 takes 3 ms with 0, 4 to 6 with 2, 7 to 25 with 4; one of 256 x 256 10 to 25, 30 to 75 and 100 to 540.':
    '編碼器花多少時間尋找更好的編碼。單一核心上，64 x 64 的影像在 0 時需 3 毫秒，2 時需 4 至 6 毫秒，4 時需 7 至 25 毫秒；256 x 256 的影像分別需 10 至 25、30 至 75 與 100 至 540 毫秒。',
  'Filters that reduce the chroma.': '縮小色度所用的濾波器。',
  'Filters that enlarge it again.': '再將其放大所用的濾波器。',
  'How luma and chroma are made from RGB.': '由 RGB 計算亮度與色度的方式。',

  // resize
  'A fixed target: the size of lq (gt / scale) or of gt.': '固定的目標：lq（gt／scale）或 gt 的尺寸。',
  'Instead of `to`: the size is multiplied by a random factor from this range, the same for width and height.':
    '取代 `to`：尺寸乘上此範圍內的隨機倍率，寬與高相同。',
  'Weight of enlarging: a factor from 1 to the upper end of `range`.':
    '放大的權重：倍率由 1 到 `range` 的上限。',
  'Weight of reducing: a factor from the lower end of `range` to 1.':
    '縮小的權重：倍率由 `range` 的下限到 1。',
  'Weight of the factor 1.': '倍率為 1 的權重。',
  'What the factor multiplies: the size of the image as it comes, or gt / scale.':
    '倍率所乘的對象：影像當下的尺寸，或 gt／scale。',
  'Filters to draw from. area, bilinear, bicubic and nearest are torch.nn.functional.interpolate without antialias; the others are antialiased.':
    '可抽選的濾波器。area、bilinear、bicubic 與 nearest 等同於不含 antialias 的 torch.nn.functional.interpolate；其餘皆有反鋸齒。',

  // halo, usm_sharpen
  'How many times the detail is added once more.': '將細節再加上多少倍。',
  'Standard deviation of the Gaussian in pixels: the width of the halo.':
    '高斯的標準差（像素）：即光暈的寬度。',
  'Detail weaker than this, of 255 levels, stays as it is.': '弱於此值（以 255 階計）的細節維持原樣。',
  'How much of the detail is added once more.': '再加上多少細節。',
  'Edge of the Gaussian in pixels, made odd; its sigma is 0.15 edge + 0.35, so 8 for 51.':
    '高斯的邊長（像素），會調整為奇數；其 sigma 為 0.15 × 邊長 + 0.35，即邊長 51 時為 8。',

  // color, dither, quantize, pixelate
  'Level that black becomes.': '黑色變成的色階。',
  'Level that white becomes.': '白色變成的色階。',
  'Exponent; above 1 darkens.': '指數；大於 1 時變暗。',
  '0 is gray, 1 leaves the colours.': '0 為灰階，1 則顏色不變。',
  'Error diffusion, or ordered (bayer).': '誤差擴散，或有序抖動（bayer）。',
  'Edge of the matrix in pixels, or several to draw from (bayer only).':
    '矩陣的邊長（像素），可給多個以供抽選（僅用於 bayer）。',
  'Evenly spaced levels of each channel.': '每個通道等距的階數。',
  'Instead of `levels`: colours of a palette that is made for the image by median cut.':
    '取代 `levels`：以中位切割法為影像製作之調色盤的顏色數。',
  'Edge of a block in pixels.': '方塊的邊長（像素）。',

  // scanline, screentone, shift
  'line: dark lines; sin: a soft wave of brightness.': 'line：暗線；sin：柔和的亮度波。',
  'Distance of the lines in pixels.': '線條的間距（像素）。',
  'Part of the period that is dark (line only).': '週期中暗部所占的比例（僅用於 line）。',
  'How much darker: 1 is black.': '變暗的程度：1 為黑色。',
  'Where the pattern begins, in periods.': '圖樣的起點（以週期計）。',
  'Probability of vertical instead of horizontal lines.': '使用直線而非橫線的機率。',
  'Distance of neighbouring dots in pixels.': '相鄰網點的間距（像素）。',
  'Rotation of the screen in degrees.': '網屏的旋轉角度（度）。',
  'Shape of the dots.': '網點的形狀。',
  'gray: black dots; rgb: each channel by itself; cmyk: four printing inks.':
    'gray：黑色網點；rgb：各通道各自處理；cmyk：四色印刷油墨。',
  'Shift in pixels, drawn for each channel across and down; positive is right and down.':
    '位移量（像素），各通道分別抽選水平與垂直方向；正值為向右與向下。',
  'Whole pixels only.': '僅限整數像素。',
  'What is shifted: red, green and blue, or the two chroma channels.':
    '位移的對象：紅、綠、藍三通道，或兩個色度通道。',
};

/** Says what operators and options are, in the language that is chosen now. */
export function useAbout(): <T extends string | undefined>(english: T) => T | string {
  const tongue = useStore(language);
  return (english) => (tongue === 'zh-TW' && english !== undefined ? (abouts[english] ?? english) : english);
}
