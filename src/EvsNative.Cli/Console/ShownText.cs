using EvsNative.Layers;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace EvsNative.Cli;

/// <summary>Cleans every text that a table or a bar is made of; what moves the cursor or gives a colour is not text.</summary>
internal sealed class ShownText : IRenderHook
{
    /// <inheritdoc/>
    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) =>
        renderables.Select(renderable => new Clean(renderable));

    private sealed class Clean(IRenderable inner) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => inner.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => inner.Render(options, maxWidth).Select(Shown);

        private static Segment Shown(Segment segment) =>
            segment.IsLineBreak || segment.IsControlCode ? segment : new Segment(InputText.Shown(segment.Text), segment.Style);
    }
}
