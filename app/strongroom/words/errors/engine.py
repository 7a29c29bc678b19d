# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The words of what went wrong with a model's process, and of what it wants to be known."""

from collections.abc import Mapping

from strongroom.core.translatable import translatable
from strongroom.words.text import ErrorWords

ERRORS: Mapping[str, ErrorWords] = {
    "engine.killed": ErrorWords(
        translatable("Model stopped"),
        translatable("The model's process was ended from outside.{detail:parenthesis}"),
        translatable("Send the message again: the model is then loaded anew. What was shown stays."),
    ),
    "engine.crashed": ErrorWords(
        translatable("Model crashed"),
        translatable("The model's process crashed. Only that process was affected.{detail:parenthesis}"),
        translatable(
            "Send the message again: the model is then loaded anew. What was shown stays. If it happens each time, "
            "choose another model."
        ),
    ),
    "engine.exited": ErrorWords(
        translatable("Model stopped"),
        translatable("The model's process ended unexpectedly.{detail:parenthesis}"),
        translatable("Send the message again: the model is then loaded anew. What was shown stays."),
    ),
    "engine.not_started": ErrorWords(
        translatable("Model not started"),
        translatable("The model's process could not be started.{detail:parenthesis}"),
        translatable("Run strongroom doctor: the installation may be damaged."),
    ),
    "engine.out_of_memory": ErrorWords(
        translatable("Out of memory"),
        translatable("The model needs more memory than it can get.{detail:parenthesis}"),
        translatable("Close other programs, choose a smaller model or a shorter context length, then send again."),
    ),
    "engine.flood": ErrorWords(
        translatable("Model stopped"),
        translatable("The model's process sent more than it was asked for, so it was ended.{detail:parenthesis}"),
        translatable(
            "Send the message again: the model is then loaded anew. What was shown stays. If it happens each time, "
            "do not use this model file."
        ),
    ),
    "engine.silent": ErrorWords(
        translatable("Model not responding"),
        translatable("The model's process gave no sign of progress for too long, so it was ended.{detail:parenthesis}"),
        translatable("Send the message again: the model is then loaded anew. What was shown stays."),
    ),
    "engine.oversized_line": ErrorWords(
        translatable("Model stopped"),
        translatable(
            "The model's process sent a message that is longer than allowed, so it was ended.{detail:parenthesis}"
        ),
        translatable(
            "Send the message again: the model is then loaded anew. What was shown stays. If it happens each time, "
            "do not use this model file."
        ),
    ),
    "engine.malformed_line": ErrorWords(
        translatable("Model stopped"),
        translatable(
            "The model's process sent a message that cannot be understood, so it was ended.{detail:parenthesis}"
        ),
        translatable(
            "Send the message again: the model is then loaded anew. What was shown stays. If it happens each time, "
            "do not use this model file."
        ),
    ),
    "engine.wrong_version": ErrorWords(
        translatable("Model not started"),
        translatable("The model's process belongs to another version of the app.{detail:parenthesis}"),
        translatable("Close the app and start it again. If that does not help, install it again."),
    ),
    "engine.not_a_model": ErrorWords(
        translatable("Model not loaded"),
        translatable("The file is not a complete GGUF model, or it is damaged.{detail:parenthesis}"),
        translatable("Choose another model, or import the file again from its source."),
    ),
    "engine.unknown_architecture": ErrorWords(
        translatable("Model not loaded"),
        translatable("This build of llama.cpp does not know the model's architecture.{detail:parenthesis}"),
        translatable("Choose another model, or update the app."),
    ),
    "engine.no_text_generation": ErrorWords(
        translatable("Model not loaded"),
        translatable(
            "The model does not generate text: it is an embedding model or has no vocabulary.{detail:parenthesis}"
        ),
        translatable("Choose a chat model."),
    ),
    "engine.no_parts_here": ErrorWords(
        translatable("Model not loaded"),
        translatable(
            "A model of several files is loaded through the /proc file system, and this system has "
            "none.{detail:parenthesis}"
        ),
        translatable(
            "Choose a model that is one file, or merge the parts with llama.cpp's gguf-split and import the result."
        ),
    ),
    "engine.not_an_adapter": ErrorWords(
        translatable("Adapter not loaded"),
        translatable(
            "A LoRA adapter is no GGUF adapter, is damaged, or was made for another model.{detail:parenthesis}"
        ),
        translatable("Use the model without it, or with an adapter that was made for this model."),
    ),
    "engine.computation": ErrorWords(
        translatable("Answer failed"),
        translatable("llama.cpp could not compute the next token.{detail:parenthesis}"),
        translatable("Send the message again: the model is then loaded anew. What was shown stays."),
    ),
    "prompt.too_long": ErrorWords(
        translatable("Message too long"),
        translatable(
            "The message needs {needed:,} tokens, and the context holds {context_length:,} tokens, of which the "
            "answer needs some too."
        ),
        translatable("Shorten the message, or set a larger context length and load the model again."),
    ),
    "prompt.too_long:uncounted": ErrorWords(
        translatable("Message too long"),
        translatable(
            "The message is far too long, and the context holds {context_length:,} tokens, of which the answer "
            "needs some too."
        ),
        translatable("Shorten the message, or set a larger context length and load the model again."),
    ),
}

PHRASES: Mapping[str, str] = {
    "engine.detail.not_read": translatable("no line was read for {seconds:g} s"),
    "engine.detail.seconds": translatable("{seconds:g} s"),
    "engine.detail.signal": translatable("signal {number}"),
    "engine.detail.exit_status": translatable("exit status {status}"),
    "engine.detail.ended_by_system": translatable("the system ended it"),
    "context.reduced": translatable(
        "The context length is {context_length:,} tokens, not {wanted:,}: the model was trained on no more."
    ),
    "context.trimmed": translatable(
        "The conversation is longer than the context, so the oldest {count:,} messages were left out."
    ),
    "context.trimmed:one": translatable(
        "The conversation is longer than the context, so the oldest message was left out."
    ),
    "isolation.reduced": translatable("{shortfall}"),
    "template.fallback": translatable("A general chat template was used, because {reason}. Answers may be worse."),
    "template.reason.missing": translatable("the model's file brings none"),
    "template.reason.syntax": translatable("the file's own template is not valid"),
    "template.reason.forbidden": translatable("the file's own template tried something that is not allowed"),
    "template.reason.too_slow": translatable("the file's own template took too long"),
    "template.reason.too_much_memory": translatable("the file's own template used too much memory"),
    "template.reason.too_long": translatable("the file's own template made the prompt far too long"),
    "template.reason.too_deep": translatable("the file's own template is nested too deeply"),
    "template.reason.refused": translatable("the file's own template refused this conversation"),
    "template.reason.failed": translatable("the file's own template failed"),
    "device.cpu.no_gpu_backend": translatable("This build of llama.cpp has no GPU backend."),
    "device.cpu.no_gpu_found": translatable("llama.cpp found no GPU that it can use."),
    "device.cpu.not_asked": translatable("GPU offload is switched off in the settings."),
    "device.gpu": translatable("{offloaded} of {total} layers run on the GPU."),
    "export.withheld": translatable("The policy does not let the rest leave (rule {rule_id}).{said}"),
}
