# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The words of what went wrong between the app and a hub."""

from collections.abc import Mapping

from strongroom.core.translatable import translatable
from strongroom.words.text import ErrorWords

ERRORS: Mapping[str, ErrorWords] = {
    "hub.offline": ErrorWords(
        translatable("Offline"),
        translatable("The app is set to Offline, so nothing is asked of a hub{detail:parenthesis}."),
        translatable("Switch Offline off in the settings to search and download."),
    ),
    "hub.not_allowed": ErrorWords(
        translatable("Not allowed"),
        translatable("The policy in force does not allow to search or download models{detail:parenthesis}."),
        translatable("Import a model file instead, or ask whoever sets the policy."),
    ),
    "hub.unreachable": ErrorWords(
        translatable("Hub not reached"),
        translatable("No connection to the hub could be made{detail:parenthesis}."),
        translatable("Check the network, the proxy and the certificates of this machine, then try again."),
    ),
    "hub.unauthorized": ErrorWords(
        translatable("Access token needed"),
        translatable("The hub does not say what it has here without a valid access token{detail:parenthesis}."),
        translatable("Check the name. If the model is gated or private, enter a valid access token in the settings."),
    ),
    "hub.forbidden": ErrorWords(
        translatable("Access refused"),
        translatable("The hub does not let this account have the model{detail:parenthesis}."),
        translatable(
            "Open the model's page in a browser, accept its terms with the account of your access token, then try "
            "again."
        ),
    ),
    "hub.not_found": ErrorWords(
        translatable("Not found"),
        translatable("The hub has no such model, file or revision{detail:parenthesis}."),
        translatable("Check the name. The model may have been renamed, made private or deleted."),
    ),
    "hub.rate_limited": ErrorWords(
        translatable("Too many requests"),
        translatable("The hub asks to wait before it answers again{detail:parenthesis}."),
        translatable("Try again in a few minutes. An access token allows more requests."),
    ),
    "hub.server": ErrorWords(
        translatable("Hub out of order"),
        translatable("The hub answered that it has an error{detail:parenthesis}."),
        translatable("Try again later."),
    ),
    "hub.redirect_refused": ErrorWords(
        translatable("Redirect refused"),
        translatable("The hub sent the request to a host that the app does not contact{detail:parenthesis}."),
        translatable(
            "If your organization uses a mirror, ask its administrator. Otherwise do not use this network for "
            "downloads."
        ),
    ),
    "hub.insecure": ErrorWords(
        translatable("Connection not encrypted"),
        translatable(
            "The address does not use https, so anybody on the way could change what arrives{detail:parenthesis}."
        ),
        translatable("Enter an address that begins with https:// in the settings."),
    ),
    "hub.stalled": ErrorWords(
        translatable("Connection stalled"),
        translatable("Nothing has arrived from the hub for too long{detail:parenthesis}."),
        translatable("Check the network. Try again; what has arrived is kept."),
    ),
    "hub.bad_answer": ErrorWords(
        translatable("Answer not understood"),
        translatable("The hub's answer is not what the app can use{detail:parenthesis}."),
        translatable("Try again later. If you use a mirror, check its address in the settings."),
    ),
    "hub.disk_full": ErrorWords(
        translatable("Disk full"),
        translatable("There is not enough free space for the download{detail:parenthesis}."),
        translatable("Free some space, then resume the download; what has arrived is kept."),
    ),
    "hub.not_written": ErrorWords(
        translatable("Download not written"),
        translatable("The download could not be written to the data folder{detail:parenthesis}."),
        translatable("Check that the data folder exists and may be written, then resume the download."),
    ),
    "hub.no_digest": ErrorWords(
        translatable("No checksum"),
        translatable("The hub gives no SHA-256 for the file, so a download could not be verified{detail:parenthesis}."),
        translatable("Choose another file or another repository."),
    ),
    "hub.mismatch": ErrorWords(
        translatable("Download does not match"),
        translatable(
            "What arrived is not the file that the hub described. It was put into quarantine{detail:parenthesis}."
        ),
        translatable("Start the download again. If it happens again, do not use this network or mirror."),
    ),
    "hub.not_isolated": ErrorWords(
        translatable("Hub helper not isolated enough"),
        translatable("The process that talks to the hub is not used{detail:parenthesis}."),
        translatable("The security page, or strongroom doctor, tells what is missing. Ask whoever sets the policy."),
    ),
    "hub.launcher_gone": ErrorWords(
        translatable("Hub helper not started"),
        translatable(
            "The process that starts the hub helper has ended, and this one may not start any with a "
            "network{detail:parenthesis}."
        ),
        translatable("Close the app and open it again; what has arrived is kept."),
    ),
    "hub.helper_gone": ErrorWords(
        translatable("Hub helper ended"),
        translatable("The process that talks to the hub has ended{detail:parenthesis}."),
        translatable("Try again; what has arrived is kept."),
    ),
    "hub.ledger": ErrorWords(
        translatable("Egress ledger not writable"),
        translatable(
            "Each request is written into the egress ledger before it is made. That failed, so no more is asked of "
            "a hub{detail:parenthesis}."
        ),
        translatable(
            "Free disk space or check the ledger (strongroom egress verify), then try again; what has arrived is kept."
        ),
    ),
    "hub.no_download": ErrorWords(
        translatable("No such download"),
        translatable("There is no download {download_id!r}."),
        translatable("Look at the list of downloads."),
    ),
    "hub.busy": ErrorWords(
        translatable("Download in use"),
        translatable("Another window or terminal of the app works on this download."),
        translatable("Go on there, or close it and try again."),
    ),
    "hub.cancelled": ErrorWords(
        translatable("Not downloaded"),
        translatable("The download was cancelled."),
        translatable("The same command goes on with it."),
    ),
}

PHRASES: Mapping[str, str] = {
    "hub.not_downloaded": translatable("Not downloaded"),
    "catalog.fit_unknown": translatable("What fits is not known: {reason}"),
    "catalog.header_unknown": translatable(
        "What fits is not known: the file's header is not one that this version understands."
    ),
    "hub.detail.ends_at_once": translatable("it ends as soon as it is started"),
    "hub.detail.settings_changed": translatable("the settings have changed"),
    "hub.detail.closing": translatable("the app is closing"),
    "hub.detail.folder_replaced": translatable("a folder of the app was replaced"),
    "hub.detail.odd_token": translatable("the token in the settings has characters that no token has"),
    "hub.detail.not_entered": translatable("what was entered is not {wanted}"),
    "hub.detail.other_repository": translatable("it is about another repository"),
    "hub.detail.not_askable": translatable("the request cannot be made: {reason}"),
    "hub.detail.not_started": translatable("it could not be started: {reason}"),
    "hub.detail.not_ready": translatable("it does not get ready"),
    "hub.detail.not_wanted": translatable("nothing was wanted of it"),
    "hub.detail.protocol_broken": translatable("it broke its protocol: {reason}"),
    "hub.detail.signal": translatable("signal {number}"),
    "hub.detail.exit_status": translatable("exit status {status}"),
    "hub.detail.many_redirects": translatable("too many redirects"),
    "hub.detail.answered": translatable("{origin} answered {status}"),
    "hub.detail.long_answer": translatable("more than {size:MiB}"),
    "hub.detail.compressed": translatable("compressed though it was not asked for"),
    "hub.detail.file_of_other_commit": translatable("the file is of another commit"),
    "hub.detail.no_certificates": translatable("no certificates can be read from {file}"),
    "hub.detail.redirect_nowhere": translatable("a redirect to no address"),
    "hub.detail.address_with_password": translatable("an address with a password"),
    "hub.detail.certificate": translatable("the certificate of {origin} is not trusted here"),
    "hub.detail.proxy": translatable("the proxy does not connect to {origin}"),
    "hub.detail.other_part": translatable("another part of the file than was asked for"),
    "hub.detail.app_silent": translatable("the app did not answer in time"),
    "hub.detail.no_commit": translatable("the hub names no commit"),
    "hub.detail.other_commit": translatable("the hub answers about another commit"),
    "hub.detail.ends_in_header": translatable("the file ends within its GGUF header"),
    "hub.detail.many_files": translatable("more than {most:,} files"),
    "hub.detail.no_repository_name": translatable("no name of a repository"),
    "hub.detail.odd_shape": translatable("its shape is not that of the hub's API"),
    "hub.detail.many_models": translatable("more than {most:,} models"),
    "hub.detail.space": translatable("{needed:,} bytes are needed, {free:,} are free, and {reserve:,} must stay free"),
    "hub.detail.out_of_range": translatable("the whole file is out of range"),
    "hub.detail.other_size": translatable("the file has {size:,} bytes there, and should have {expected:,}"),
    "hub.detail.ends_early": translatable("the file ends after {length:,} of {size:,} bytes"),
    "hub.detail.exchanged": translatable("another file was put into the place of the part; it was left there"),
    "hub.detail.digest_differs": translatable("the SHA-256 differs"),
    "hub.detail.disk_full": translatable("the disk became full"),
    "hub.detail.part_too_long": translatable("the part that was there is longer than the file"),
    "hub.detail.more_arrived": translatable("more arrived than the file has"),
    "hub.detail.not_moved": translatable("{detail}; it could not be moved and is still in the download's folder"),
    "hub.detail.no_web_address": translatable("the hub's address in the settings is not a web address"),
    "hub.detail.no_gguf": translatable("the file is not a GGUF file"),
    "hub.detail.gguf_version": translatable("a version of GGUF that the app does not know"),
    "hub.detail.long_header": translatable("the GGUF header is longer than {size:MiB}"),
    "hub.detail.damaged_header": translatable("the GGUF header is damaged"),
}
